package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.demo.Snowflake.End;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Puts what was read into words, and notes what became of each drift. Not thread-safe: the [Story] guards it.
final class Narration {
    private final Words words;
    private final InstantSource clock;
    private final Consumer<String> tell;
    private final List<Snowflake> snowflakes = new ArrayList<>();
    private final Map<SubjectKey, String> told = new HashMap<>();

    Narration(Words words, InstantSource clock, Consumer<String> tell) {
        this.words = words;
        this.clock = clock;
        this.tell = tell;
    }

    void expect(Snowflake snowflake) {
        snowflakes.add(snowflake);
    }

    List<Snowflake> snowflakes() {
        return List.copyOf(snowflakes);
    }

    void verdict(VerdictRecord record) {
        switch (record.getWhatCase()) {
            case INSTANCE -> {
                Verdict verdict = record.getInstance();
                if (verdict.getState() == Verdict.State.DRIFTED) {
                    seen(
                            WorkloadId.parse(verdict.getWorkload()),
                            Optional.of(InstanceId.parse(verdict.getInstance())),
                            verdict.getDriftsList());
                }
            }
            case WORKLOAD -> {
                List<Drift> ofTemplate = record.getWorkload().getDriftsList().stream()
                        .filter(drift -> drift.getKind() == Drift.Kind.TEMPLATE_MISMATCH)
                        .toList();
                if (!ofTemplate.isEmpty()) {
                    seen(WorkloadId.parse(record.getWorkload().getWorkload()), Optional.empty(), ofTemplate);
                }
            }
            case SNAPSHOT, WHAT_NOT_SET -> {
                // Nothing that a person wants to read.
            }
        }
    }

    private void seen(WorkloadId workload, Optional<InstanceId> instance, List<Drift> drifts) {
        for (Snowflake snowflake : concerned(workload, instance)) {
            if (!snowflake.seen()) {
                snowflake.seen(clock.instant(), drifts.isEmpty() ? "" : describe(drifts.getFirst()));
                tell.accept("seen      %s after %d ms: %s"
                        .formatted(
                                subject(workload, instance),
                                snowflake.detectMillis().orElseThrow(),
                                snowflake.drift()));
                return;
            }
        }
    }

    /// What is known to be about this very instance goes before what is about its workload.
    private List<Snowflake> concerned(WorkloadId workload, Optional<InstanceId> instance) {
        return snowflakes.stream()
                .filter(snowflake -> snowflake.concerns(workload, instance))
                .sorted(Comparator.comparing(snowflake -> snowflake.instance().isEmpty()))
                .toList();
    }

    void remediation(Remediation remediation) {
        WorkloadId workload = WorkloadId.parse(remediation.getWorkload());
        Optional<InstanceId> instance = remediation.getInstance().isEmpty()
                ? Optional.empty()
                : Optional.of(InstanceId.parse(remediation.getInstance()));
        List<Snowflake> concerned = concerned(workload, instance);
        concerned.stream()
                .filter(snowflake -> !snowflake.done())
                .findFirst()
                .or(() -> concerned.stream().findFirst())
                .ifPresent(snowflake -> follow(snowflake, remediation, instance));
    }

    private void follow(Snowflake snowflake, Remediation remediation, Optional<InstanceId> instance) {
        String subject = subject(snowflake.workload(), instance);
        boolean ofTemplate = instance.isEmpty();
        switch (remediation.getPhase()) {
            case HELD, BLOCKED -> held(snowflake, remediation, instance);
            case ISSUED ->
                tellOnce(
                        instance,
                        snowflake,
                        "decided   %s: %s"
                                .formatted(
                                        subject,
                                        ofTemplate
                                                ? "restore the template"
                                                : words.terminate() + ", attempt " + remediation.getAttempt()));
            case TERMINATED ->
                tellOnce(
                        instance,
                        snowflake,
                        "done      %s: %s"
                                .formatted(subject, ofTemplate ? words.templateChanged() : words.terminated()));
            case REPLACED -> proven(snowflake, remediation, instance);
            case RETIRED, RESOLVED, FAILED, STUCK ->
                tellOnce(
                        instance,
                        snowflake,
                        "%-9s %s: %s"
                                .formatted(
                                        remediation.getPhase().name().toLowerCase(Locale.ROOT),
                                        subject,
                                        remediation.getDetail()));
            case PHASE_UNSPECIFIED, UNRECOGNIZED -> {
                // Not a phase.
            }
        }
    }

    private void held(Snowflake snowflake, Remediation remediation, Optional<InstanceId> instance) {
        Hold hold = remediation.getHold();
        if (hold.getReason() == Hold.Reason.SETTLING || hold.getReason() == Hold.Reason.GRACE_PERIOD) {
            return;
        }
        if (snowflake.isRoll() && instance.isPresent()) {
            return; // All of a fleet wait for their turn.
        }
        if (snowflake.expected() == End.HELD
                || (hold.getReason() == Hold.Reason.TEMPLATE_UNPINNED && instance.isPresent())) {
            snowflake.ended(End.HELD, clock.instant(), hold.getReason() + ": " + hold.getDetail());
        }
        tellOnce(
                instance,
                snowflake,
                "held      %s: %s, %s"
                        .formatted(subject(snowflake.workload(), instance), hold.getReason(), hold.getDetail()));
    }

    private void proven(Snowflake snowflake, Remediation remediation, Optional<InstanceId> instance) {
        String subject = subject(snowflake.workload(), instance);
        if (instance.isEmpty()) {
            if (!snowflake.isRoll()) {
                snowflake.ended(End.RESTORED, clock.instant(), remediation.getDetail());
            }
            tellOnce(
                    instance,
                    snowflake,
                    "proven    %s: %s%s".formatted(subject, words.templateProven(), after(snowflake)));
            return;
        }
        String by =
                "replaced by " + InstanceId.parse(remediation.getReplacement()).name();
        if (snowflake.isRoll()) {
            if (snowflake.rolled(instance.get(), clock.instant())) {
                tell.accept(
                        "proven    %s: %s, %d of %d".formatted(subject, by, snowflake.rolled(), snowflake.instances()));
            }
            return;
        }
        snowflake.ended(End.REPLACED, clock.instant(), remediation.getDetail());
        tellOnce(instance, snowflake, "proven    %s: %s%s".formatted(subject, by, after(snowflake)));
    }

    private static String after(Snowflake snowflake) {
        return snowflake.endMillis().map(" after %d ms"::formatted).orElse("");
    }

    /// Of a fleet that is rolled only the first instance is told of step by step.
    private void tellOnce(Optional<InstanceId> instance, Snowflake snowflake, String text) {
        if (snowflake.isRoll() && instance.isPresent() && snowflake.rolled() > 0) {
            return;
        }
        SubjectKey key = instance.<SubjectKey>map(id -> new SubjectKey.OfInstance(snowflake.workload(), id))
                .orElse(new SubjectKey.OfWorkload(snowflake.workload()));
        if (!text.equals(told.put(key, text))) {
            tell.accept(text);
        }
    }

    private static String subject(WorkloadId workload, Optional<InstanceId> instance) {
        return instance.map(InstanceId::name).orElse(workload.kind() + "/" + workload.name());
    }

    private static String describe(Drift drift) {
        String declared = shorten(drift.getDeclared());
        String observed = shorten(drift.getObserved());
        return drift.getKind() + " " + drift.getSubject()
                + (declared.isEmpty() ? "" : ", declared " + declared)
                + (observed.isEmpty() ? "" : ", runs " + observed);
    }

    /// Digests are 64 digits long; twelve are enough to tell them apart on a screen.
    private static String shorten(String image) {
        int digest = image.indexOf("sha256:");
        return digest < 0 || image.length() < digest + 19 ? image : image.substring(0, digest + 19) + "…";
    }
}
