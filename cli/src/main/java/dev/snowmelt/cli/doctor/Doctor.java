package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.CliException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Carries out examinations side by side, each within the same time. One that fails, hangs or is late says so and
/// keeps no other from its findings.
final class Doctor {
    private final Duration within;

    /// @param within what each may take
    Doctor(Duration within) {
        this.within = within;
    }

    private record Running(Examination examination, ConcurrentLinkedQueue<Finding> told, Future<?> end) {}

    /// All findings, in the examinations' order.
    List<Finding> examine(List<? extends Examination> examinations) throws InterruptedException {
        // Not closed, which would wait for who hangs; its threads keep no process alive.
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        long deadline = System.nanoTime() + within.toNanos();
        try {
            List<Running> running = examinations.stream()
                    .map(examination -> {
                        var told = new ConcurrentLinkedQueue<Finding>();
                        return new Running(examination, told, threads.submit(() -> {
                            examination.look(told::add);
                            return told;
                        }));
                    })
                    .toList();
            List<Finding> findings = new ArrayList<>();
            for (Running each : running) {
                findings.addAll(findings(each, deadline));
            }
            return findings;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Finding> findings(Running running, long deadline) throws InterruptedException {
        String subject = running.examination().subject();
        List<Finding> findings = new ArrayList<>();
        try {
            running.end().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            findings.addAll(running.told());
        } catch (TimeoutException _) {
            findings.addAll(running.told());
            findings.add(Finding.fail(
                    subject,
                    "not done within " + within.toSeconds() + " s; what is not listed was not looked at",
                    "see whether it answers at all, or give it longer with --wait"));
        } catch (ExecutionException e) {
            findings.addAll(running.told());
            Throwable cause = e.getCause() == null ? e : e.getCause();
            findings.add(Finding.fail(
                    subject,
                    cause instanceof CliException said
                            ? String.join(" ", said.lines())
                            : cause.getClass().getSimpleName() + ": " + cause.getMessage(),
                    "mend that, and ask again: what is not listed was not looked at"));
        }
        return findings;
    }
}
