package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.Leadership;
import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.detector.collect.OnlyCollector;
import dev.snowmelt.detector.collect.Platform;
import dev.snowmelt.detector.collect.SnapshotTally;
import dev.snowmelt.detector.collect.Surroundings;
import dev.snowmelt.schemas.topic.Topics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One cluster: what exists is listed, and what changes is watched.
public final class KubernetesCluster implements Platform {
    /// Bounds the memory of the ReplicaSet index to some MB.
    private static final int KNOWN_REPLICA_SETS = 16_384;

    private final KubernetesCollectorSettings settings;
    private final ApiClient api;
    private final WatchMetrics metrics;
    private final ReplicaSetIndex replicaSets = new ReplicaSetIndex(KNOWN_REPLICA_SETS);

    private KubernetesCluster(KubernetesCollectorSettings settings, KubernetesClient client, MeterRegistry meters) {
        this.settings = settings;
        this.api = new ApiClient(client, settings.silence());
        this.metrics = new WatchMetrics(meters, settings.target());
    }

    /// The collector of a cluster, not started.
    ///
    /// @param client how to reach the cluster; stays the caller's to close, after the collector
    /// @param kafka how to reach Kafka: `bootstrap.servers`, security; settings that delivery rests
    /// on are overridden
    public static Collector collector(
            KubernetesCollectorSettings settings,
            KubernetesClient client,
            Map<String, Object> kafka,
            Topics topics,
            InstantSource clock,
            MeterRegistry meters) {
        LeaseSettings agreed = settings.lease();
        Leadership lease = agreed == null
                ? new OnlyCollector()
                : new LeaseHolder(client, agreed, settings.identity(), clock, System::nanoTime);
        return new Collector(
                settings.collecting(),
                new KubernetesCluster(settings, client, meters),
                lease,
                kafka,
                topics,
                clock,
                meters);
    }

    @Override
    public Lookout begin(Surroundings session) {
        return new Feeds(session);
    }

    private final class Feeds implements Lookout {
        private final List<Feed<?>> feeds = new ArrayList<>();

        Feeds(Surroundings session) {
            var observer = new Observer(settings.target(), session.publisher(), api, replicaSets, session.listAgain());
            var around = new Feed.Around(api, metrics, session);
            List<@Nullable String> namespaces = new ArrayList<>(settings.namespaces());
            if (namespaces.isEmpty()) {
                namespaces.add(null);
            }
            // ReplicaSets first, pods last: pods are resolved through them, without asking for each.
            for (String namespace : namespaces) {
                feeds.add(new Feed<>(ApiResource.REPLICA_SETS, namespace, observer.replicaSets(), around));
                feeds.add(new Feed<>(ApiResource.DEPLOYMENTS, namespace, observer.deployments(), around));
                feeds.add(new Feed<>(ApiResource.STATEFUL_SETS, namespace, observer.statefulSets(), around));
                feeds.add(new Feed<>(ApiResource.DAEMON_SETS, namespace, observer.daemonSets(), around));
            }
            for (String namespace : namespaces) {
                feeds.add(new Feed<>(ApiResource.PODS, namespace, observer.pods(), around));
            }
        }

        @Override
        public void list(SnapshotTally tally) throws LookException {
            for (Feed<?> feed : feeds) {
                feed.list(tally);
            }
        }

        @Override
        public boolean following() {
            return feeds.stream().allMatch(Feed::following);
        }

        @Override
        public void close() {
            feeds.forEach(Feed::close);
        }
    }
}
