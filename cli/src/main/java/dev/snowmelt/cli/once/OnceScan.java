package dev.snowmelt.cli.once;

import ch.qos.logback.classic.Level;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.Quiet;
import dev.snowmelt.cli.StopGuard;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.detector.topology.Counts;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// One scan with nothing before it and nothing after it.
public final class OnceScan {
    /// A right that is missing or a server that does not answer for so long will not be there at
    /// the deadline either.
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /// What is left for the scan when registries have taken long.
    private static final Duration LAST_SCAN = Duration.ofSeconds(5);

    private final Surroundings surroundings;
    private final Duration wait;

    /// @param wait for everything together
    public OnceScan(Surroundings surroundings, Duration wait) {
        this.surroundings = surroundings;
        this.wait = wait;
    }

    /// Asks for the scan and makes its report, when everything is ready.
    @FunctionalInterface
    public interface Ask {
        /// @param left of the time that everything together may take
        ScanReport ask(Config.Kafka kafka, Duration left) throws InterruptedException;
    }

    /// @param command of it the rules of judging count
    /// @param target what is looked at; closed by this
    /// @param declarations judged by before anything is counted
    public ScanReport run(Config command, OneTarget target, List<Declare> declarations, ScanRequest request, Ask ask)
            throws InterruptedException {
        Quiet.below(Level.WARN, surroundings);
        Instant started = surroundings.clock().instant();
        Instant end = started.plus(wait);
        if (!target.unreachable().isEmpty()) {
            target.close();
            return unseen(started, request, target.target(), target.unreachable());
        }
        try (var _ = StopGuard.onThisThread();
                var alone = Alone.start(command, target, surroundings.environment(), surroundings.clock())) {
            alone.declare(declarations, left(end));
            String problem = alone.awaitLook(left(end), PATIENCE);
            return problem.isEmpty() ? scan(alone, ask, end) : unseen(started, request, target.target(), problem);
        }
    }

    /// Scans; again when registries have told what could not be told before.
    private ScanReport scan(Alone alone, Ask ask, Instant end) throws InterruptedException {
        ScanReport report = ask.ask(alone.kafka(), left(end));
        while (Counts.untold(report.getTotal())
                && alone.awaitRegistries(
                        Duration.between(surroundings.clock().instant(), end).minus(LAST_SCAN))) {
            report = ask.ask(alone.kafka(), left(end));
        }
        return report;
    }

    private Duration left(Instant end) {
        Duration left = Duration.between(surroundings.clock().instant(), end);
        return left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
    }

    /// What could not be looked at is not clean.
    private ScanReport unseen(Instant started, ScanRequest request, TargetId target, String problem) {
        return ScanReport.newBuilder()
                .setResult(ScanReport.Result.INCOMPLETE)
                .setStarted(Timestamps.fromMillis(started.toEpochMilli()))
                .setFinished(Timestamps.fromMillis(surroundings.clock().millis()))
                .setRequest(request)
                .addSilent(target.toString())
                .addTargets(ScanReport.TargetAnswer.newBuilder()
                        .setTarget(target.toString())
                        .setProblem(problem))
                .setTotal(ScanReport.WorkloadCount.getDefaultInstance())
                .build();
    }
}
