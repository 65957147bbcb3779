package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.Leadership;
import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.detector.collect.Platform;
import dev.snowmelt.detector.collect.SnapshotTally;
import dev.snowmelt.detector.collect.Surroundings;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/// One account and region: what exists is listed, and what events name is looked at in between.
public final class Ec2Account implements Platform {
    private static final Logger log = LoggerFactory.getLogger(Ec2Account.class);

    private final Ec2CollectorSettings settings;
    private final Clients clients;
    private final InstantSource clock;
    private final Ec2Metrics metrics;
    private final AwsCalls calls;
    private final Fleet fleet;

    /// How AWS is asked. Looks may be repeated by the SDK. They stay the caller's to close, after
    /// the collector.
    ///
    /// @param sqs not used without a queue
    public record Clients(Ec2Client ec2, AutoScalingClient autoScaling, SqsClient sqs) {}

    private Ec2Account(Ec2CollectorSettings settings, Clients clients, InstantSource clock, MeterRegistry meters) {
        this.settings = settings;
        this.clients = clients;
        this.clock = clock;
        this.metrics = new Ec2Metrics(meters, settings.target());
        this.calls = new AwsCalls(settings.target(), metrics);
        this.fleet = Fleet.of(settings, clients.ec2(), clients.autoScaling(), calls);
    }

    /// The collector of an account and region, not started.
    ///
    /// @param lease who of several replicas is active
    /// @param kafka how to reach Kafka: `bootstrap.servers`, security; settings that delivery rests
    /// on are overridden
    public static Collector collector(
            Ec2CollectorSettings settings,
            Clients clients,
            Leadership lease,
            Map<String, Object> kafka,
            Topics topics,
            InstantSource clock,
            MeterRegistry meters) {
        if (settings.queue().isEmpty()) {
            log.atInfo().addKeyValue("target", settings.target()).log(settings.cost());
        }
        return new Collector(
                settings.collecting(),
                new Ec2Account(settings, clients, clock, meters),
                lease,
                kafka,
                topics,
                clock,
                meters);
    }

    @Override
    public String note() {
        return settings.queue().isPresent() ? "" : settings.cost();
    }

    @Override
    public Lookout begin(Surroundings session) {
        return new Looking(session);
    }

    private final class Looking implements Lookout {
        private final CountDownLatch closed = new CountDownLatch(1);
        private final Lister lister;
        private final @Nullable EventFollower events;

        Looking(Surroundings session) {
            var teller = new Teller(settings.target(), session.publisher(), settings.statusChecks());
            lister = new Lister(fleet, teller, session.metrics(), () -> closed.getCount() == 0);
            URI queue = settings.queue().orElse(null);
            events = queue == null
                    ? null
                    : new EventFollower(
                            new EventQueue(clients.sqs(), queue, calls),
                            new EventParser(settings.target()),
                            new Looker(fleet, teller, clock),
                            session,
                            metrics,
                            settings);
        }

        @Override
        public void list(SnapshotTally tally) throws LookException {
            if (events != null) {
                events.start();
            }
            lister.list(tally);
        }

        /// Without a queue nothing is told between two lists.
        @Override
        public boolean following() {
            return events != null && events.following();
        }

        @Override
        public void close() {
            closed.countDown();
            if (events != null) {
                events.close();
            }
        }
    }
}
