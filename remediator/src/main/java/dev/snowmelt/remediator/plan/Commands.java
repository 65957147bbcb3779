package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/// Orders to executors. Their ids derive from what was found and the attempt, so that a replay repeats them.
final class Commands {
    private Commands() {}

    static Command replace(
            WorkloadId workload, InstanceId instance, Verdict verdict, int attempt, Instant now, Duration expiry) {
        return command(workload, verdict.getId(), attempt, now, expiry)
                .setAction(Action.REPLACE_INSTANCE)
                .setInstance(instance.toString())
                .setRevision(verdict.getRevision())
                .addAllDrifts(verdict.getDriftsList())
                .build();
    }

    static Command restore(WorkloadId workload, WorkloadVerdict verdict, int attempt, Instant now, Duration expiry) {
        return command(workload, findingId(workload, verdict), attempt, now, expiry)
                .setAction(Action.RESTORE_TEMPLATE)
                .setRevision(verdict.getRevision())
                .addAllDrifts(verdict.getDriftsList())
                .addAllRestore(verdict.getDeclaredList())
                .build();
    }

    private static Command.Builder command(
            WorkloadId workload, String finding, int attempt, Instant now, Duration expiry) {
        return Command.newBuilder()
                .setId(finding + "-" + attempt)
                .setWorkload(workload.toString())
                .setVerdict(finding)
                .setAttempt(attempt)
                .setIssuedAt(Times.timestamp(now))
                .setExpiresAt(Times.timestamp(now.plus(expiry)));
    }

    /// What stands for a verdict's id with a template, whose verdict has none: a hash of what was found.
    static String findingId(WorkloadId workload, WorkloadVerdict verdict) {
        WorkloadVerdict finding = WorkloadVerdict.newBuilder()
                .setWorkload(workload.toString())
                .setTemplateState(verdict.getTemplateState())
                .addAllDrifts(verdict.getDriftsList())
                .setRevision(verdict.getRevision())
                .build();
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update("template".getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256.digest(Serdes.deterministicBytes(finding)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
