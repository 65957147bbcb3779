package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.role.Role;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Declaration;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a folder published for as long as it runs.
final class WatchRole implements Role {
    private static final Logger LOG = LoggerFactory.getLogger(WatchRole.class);
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private final WatchSettings settings;
    private final InstantSource clock;
    private final WatchPass pass;
    private final Thread thread = Thread.ofPlatform().name("watch").unstarted(this::run);
    private Duration pause = SHORTEST_PAUSE;
    private final Quiet quiet;
    private volatile boolean stopping;
    private volatile String problem = "has not looked yet";

    WatchRole(WatchSettings settings, InstantSource clock, MeterRegistry registry) {
        this.settings = settings;
        this.clock = clock;
        this.quiet = new Quiet(settings.quiet());
        this.pass = new WatchPass(
                settings,
                new Proposer(settings.kafka(), settings.signer(), clock)::publish,
                new WatchMetrics(registry));
    }

    @Override
    public String name() {
        return "watch " + settings.folder();
    }

    @Override
    public Part part() {
        return Part.DECLARE;
    }

    @Override
    public BrokerChecks.Needs needs() {
        Topics topics = settings.kafka().topics();
        return new BrokerChecks.Needs(List.of(topics.proposals(), topics.answers(), topics.declarations()), false);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public List<String> unready() {
        return problem.isEmpty() ? List.of() : List.of(problem);
    }

    @Override
    public boolean failed() {
        return thread.getState() == Thread.State.TERMINATED && !stopping;
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (var folder = new WatchedFolder(settings.folder())) {
            while (!stopping) {
                if (follow(folder)) {
                    return;
                }
                // Kafka or the registrar is away. What was proposed may still be decided: do not pile up more.
                folder.await(pause);
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // asked to stop
        }
    }

    /// Looks again and again with one connection.
    ///
    /// @return true when it was asked to stop; false: another connection is needed
    private boolean follow(WatchedFolder folder) throws InterruptedException {
        try (var declared = new DeclarationsFollower(settings.kafka(), clock)) {
            while (!stopping) {
                look(folder, declared);
                folder.await(settings.interval());
            }
            return true;
        } catch (InterruptException _) {
            return true;
        } catch (KafkaException | CliException e) {
            said("Kafka or the registrar does not answer: " + e.getMessage());
            return false;
        }
    }

    private void look(WatchedFolder folder, DeclarationsFollower follower) throws InterruptedException {
        Optional<Gathered> believed = quiet.read(() -> folder.read(clock.instant()));
        if (believed.isEmpty()) {
            said("the folder keeps changing; it is not believed before it stays the same for "
                    + DurationText.print(settings.quiet()));
            return;
        }
        Gathered gathered = believed.get();
        Map<WorkloadId, Declaration> declared = follower.now(READ_WITHIN);
        while (pass.run(gathered, declared, clock.instant()) && !stopping) {
            declared = follower.now(READ_WITHIN);
        }
        pause = SHORTEST_PAUSE;
        said(
                gathered.drafts().isEmpty() && !gathered.faults().isEmpty()
                        ? gathered.faults().getFirst().toString()
                        : "");
    }

    private void said(String now) {
        if (!now.equals(problem) && !now.isEmpty()) {
            LOG.atWarn().log(now);
        }
        problem = now;
    }
}
