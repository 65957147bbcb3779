package dev.snowmelt.sandbox.cluster;

import static dev.snowmelt.sandbox.cluster.ContractCluster.SOON;
import static dev.snowmelt.sandbox.cluster.ContractCluster.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Watches as the collector relies on them, over WebSocket and over HTTP, against the simulated or a real API
/// server.
class WatchContractIT {

    private static ContractCluster cluster;

    @BeforeAll
    static void start() {
        cluster = new ContractCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private record Event(Watcher.Action action, String name, String version, boolean marksEnd) {}

    /// Notes what a watch brings.
    private static final class Recorder implements Watcher<Pod> {
        final List<Event> events = new CopyOnWriteArrayList<>();
        volatile @Nullable WatcherException end;

        @Override
        public void eventReceived(Action action, Pod pod) {
            Map<String, String> annotations = pod.getMetadata().getAnnotations();
            events.add(new Event(
                    action,
                    pod.getMetadata().getName(),
                    pod.getMetadata().getResourceVersion(),
                    annotations != null && annotations.containsKey("k8s.io/initial-events-end")));
        }

        @Override
        public void onClose(WatcherException cause) {
            end = cause;
        }

        List<String> story() {
            return events.stream()
                    .filter(event -> event.action() != Action.BOOKMARK)
                    .map(event -> event.action() + " " + event.name())
                    .toList();
        }
    }

    private static KubernetesClient client(boolean overHttp) {
        Config config = new ConfigBuilder(cluster.client.getConfiguration())
                .withOnlyHttpWatches(overHttp)
                .withWatchReconnectLimit(0)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static Watch watch(KubernetesClient client, ListOptions options, Recorder recorder) {
        return client.pods().inNamespace(cluster.namespace).watch(options, recorder);
    }

    private static String version() {
        return cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .list()
                .getMetadata()
                .getResourceVersion();
    }

    private static void label(String pod, String value) {
        cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName(pod)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"colour\":\"%s\"}}}".formatted(value));
    }

    private static void remove(String pod) {
        cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName(pod)
                .withGracePeriod(0)
                .delete();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void replaysEverythingSinceAVersion(boolean overHttp) {
        String app = "replay-" + overHttp;
        String since = version();
        cluster.pod(app, Map.of("app", app));
        label(app, "red");
        Recorder recorder = new Recorder();

        try (KubernetesClient client = client(overHttp);
                Watch _ = watch(
                        client,
                        new ListOptionsBuilder()
                                .withResourceVersion(since)
                                .withLabelSelector("app=" + app)
                                .build(),
                        recorder)) {
            await().atMost(SOON).until(() -> recorder.story().size() >= 2);
            remove(app);
            await().atMost(SOON).until(() -> recorder.story().contains("DELETED " + app));
        }

        assertThat(recorder.story())
                .startsWith("ADDED " + app, "MODIFIED " + app)
                .endsWith("DELETED " + app);
        assertThat(recorder.events.stream().map(event -> Long.parseLong(event.version())))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void showsTheStateFirstWhenNoVersionIsNamed() {
        cluster.pod("state", Map.of("app", "state"));
        Recorder recorder = new Recorder();

        try (KubernetesClient client = client(true);
                Watch _ = watch(
                        client,
                        new ListOptionsBuilder().withLabelSelector("app=state").build(),
                        recorder)) {
            await().atMost(SOON).until(() -> recorder.story().equals(List.of("ADDED state")));
        }
    }

    @Test
    void showsLabelsThatComeAndGoAsObjectsThatComeAndGo() {
        cluster.pod("chameleon", Map.of("app", "chameleon"));
        Recorder recorder = new Recorder();

        try (KubernetesClient client = client(false);
                Watch _ = watch(
                        client,
                        new ListOptionsBuilder()
                                .withResourceVersion(version())
                                .withLabelSelector("colour=green")
                                .build(),
                        recorder)) {
            label("chameleon", "green");
            label("chameleon", "blue");
            await().atMost(SOON).until(() -> recorder.story().size() == 2);
        }

        assertThat(recorder.story()).containsExactly("ADDED chameleon", "DELETED chameleon");
        assertThat(Long.parseLong(recorder.events.get(1).version()))
                .isGreaterThan(Long.parseLong(recorder.events.get(0).version()));
    }

    private static ListOptions streamedList(String selector) {
        return new ListOptionsBuilder()
                .withLabelSelector(selector)
                .withSendInitialEvents(true)
                .withResourceVersionMatch("NotOlderThan")
                .withAllowWatchBookmarks(true)
                .build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void streamsAListAndMarksItsEnd(boolean overHttp) {
        assumeTrue(cluster.minor() >= 34, "streamed lists are on by default since 1.34");
        String app = "streamed-" + overHttp;
        cluster.pod(app, Map.of("app", app));
        String before = version();
        Recorder recorder = new Recorder();

        try (KubernetesClient client = client(overHttp);
                Watch _ = watch(client, streamedList("app=" + app), recorder)) {
            await().atMost(SOON).until(() -> recorder.events.size() >= 2);
            label(app, "red");
            await().atMost(SOON).until(() -> recorder.story().contains("MODIFIED " + app));
        }

        assertThat(recorder.events.get(0).action()).isEqualTo(Watcher.Action.ADDED);
        assertThat(recorder.events.get(1).marksEnd()).isTrue();
        assertThat(Long.parseLong(recorder.events.get(1).version())).isGreaterThanOrEqualTo(Long.parseLong(before));
    }

    @Test
    void refusesAStreamedListWhereItIsNotKnown() {
        cluster.simulated().ifPresent(simulated -> simulated.watchList(false));
        assumeTrue(cluster.simulated().isPresent() || cluster.minor() < 27, "this server knows streamed lists");

        Status refused = refusal(() -> cluster.get("/api/v1/namespaces/" + cluster.namespace
                + "/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1"));

        cluster.simulated().ifPresent(simulated -> simulated.watchList(true));
        assertThat(refused.getCode()).isEqualTo(422);
        assertThat(refused.getReason()).isEqualTo("Invalid");
    }

    @Test
    void endsAWatchAfterItsTimeout() {
        String answer = cluster.get("/api/v1/namespaces/" + cluster.namespace
                + "/pods?watch=true&timeoutSeconds=1&labelSelector=app%3Dnobody");

        assertThat(answer).isEmpty();
    }

    @Test
    void sendsBookmarksThatNeverRunAhead() {
        assumeTrue(cluster.simulated().isPresent(), "a real server sends one a minute");
        Recorder recorder = new Recorder();

        try (KubernetesClient client = client(true);
                Watch _ = watch(
                        client,
                        new ListOptionsBuilder()
                                .withLabelSelector("app=bookmarks")
                                .withResourceVersion(version())
                                .withAllowWatchBookmarks(true)
                                .build(),
                        recorder)) {
            cluster.pod("bookmarked", Map.of("app", "bookmarks"));
            await().atMost(SOON)
                    .until(() -> recorder.events.stream()
                                    .filter(event -> event.action() == Watcher.Action.BOOKMARK)
                                    .count()
                            >= 2);
        }

        assertThat(recorder.events.stream().map(event -> Long.parseLong(event.version())))
                .isSorted();
        assertThat(recorder.story()).contains("ADDED bookmarked");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void saysThatAVersionIsGone(boolean overHttp) {
        assumeTrue(cluster.simulated().isPresent(), "a real server compacts its history every five minutes");
        String since = version();
        cluster.pod("compacted-" + overHttp, Map.of());
        cluster.simulated().orElseThrow().compactHistory();
        Recorder recorder = new Recorder();

        try (KubernetesClient client = client(overHttp);
                Watch _ = watch(
                        client,
                        new ListOptionsBuilder().withResourceVersion(since).build(),
                        recorder)) {
            await().atMost(SOON).until(() -> recorder.end != null);
        }

        assertThat(recorder.end).matches(WatcherException::isHttpGone);
    }

    @Test
    void saysThatAContinueTokenIsGone() {
        assumeTrue(cluster.simulated().isPresent(), "a real server compacts its history every five minutes");
        cluster.pod("token-0", Map.of());
        cluster.pod("token-1", Map.of());
        String token = cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .list(new ListOptionsBuilder().withLimit(1L).build())
                .getMetadata()
                .getContinue();
        cluster.simulated().orElseThrow().compactHistory();

        Status gone = refusal(() ->
                cluster.get("/api/v1/namespaces/%s/pods?limit=1&continue=%s".formatted(cluster.namespace, token)));

        assertThat(gone.getCode()).isEqualTo(410);
        assertThat(gone.getReason()).isEqualTo("Expired");
        assertThat(gone.getMetadata().getContinue()).isNotEmpty();
    }
}
