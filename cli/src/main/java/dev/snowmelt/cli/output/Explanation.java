package dev.snowmelt.cli.output;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.kafka.FleetView;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What is known of one instance, or of a workload's template.
///
/// @param now when it was made
/// @param workload the workload
/// @param instance the instance; empty: the template
/// @param verdict of the instance
/// @param whole judgement of its workload
/// @param remediation what is being done
/// @param overrides those in force that concern it
public record Explanation(
        Instant now,
        WorkloadId workload,
        String instance,
        Optional<Verdict> verdict,
        Optional<WorkloadVerdict> whole,
        Optional<Remediation> remediation,
        List<Override> overrides) {

    /// Puts together what the topics say.
    ///
    /// @param key of an instance or a workload
    public static Explanation of(FleetView fleet, SubjectKey key, Instant now) {
        WorkloadId workload = switch (key) {
            case SubjectKey.OfInstance instance -> instance.workload();
            case SubjectKey.OfWorkload of -> of.workload();
            case SubjectKey.OfSnapshot _ -> throw new IllegalArgumentException("nothing to explain: " + key);
        };
        String instance =
                key instanceof SubjectKey.OfInstance of ? of.instance().toString() : "";
        Set<String> concerned =
                Set.of(OverrideKey.EVERY_TARGET, workload.target().toString(), workload.toString(), instance);
        return new Explanation(
                now,
                workload,
                instance,
                Optional.ofNullable(fleet.verdicts().get(key))
                        .filter(record -> record.hasInstance())
                        .map(record -> record.getInstance()),
                Optional.ofNullable(fleet.verdicts().get(new SubjectKey.OfWorkload(workload)))
                        .map(record -> record.getWorkload()),
                Optional.ofNullable(fleet.remediations().get(key)),
                fleet.overrides().values().stream()
                        .filter(override -> concerned.contains(override.getSubject()))
                        .filter(override ->
                                !override.hasUntil() || Timestamps.toMillis(override.getUntil()) > now.toEpochMilli())
                        .toList());
    }

    /// For scripts.
    public ObjectNode tree() {
        ObjectNode tree = Results.object().put("workload", workload.toString()).put("instance", instance);
        verdict.ifPresent(each -> tree.set("verdict", MessageText.tree(each)));
        whole.ifPresent(each -> tree.set("workloadVerdict", MessageText.tree(each)));
        remediation.ifPresent(each -> tree.set("remediation", MessageText.tree(each)));
        var list = tree.putArray("overrides");
        overrides.forEach(each -> list.add(MessageText.tree(each)));
        return tree;
    }

    /// For people.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(instance.isEmpty() ? workload + " (template)" : instance);
        if (instance.isEmpty()) {
            whole.ifPresentOrElse(each -> template(lines, each), () -> say(lines, "verdict", "none yet"));
        } else {
            say(lines, "workload", workload.toString());
            verdict.ifPresentOrElse(each -> judged(lines, each), () -> say(lines, "verdict", "gone"));
            whole.ifPresent(each -> template(lines, each));
        }
        remediation.ifPresentOrElse(
                each -> remedied(lines, each), () -> say(lines, "remediation", "none: " + whyNone()));
        for (Override override : overrides) {
            say(
                    lines,
                    "override",
                    override.getKind() + " of " + override.getSubject() + " by " + override.getBy()
                            + (override.getReason().isEmpty() ? "" : ": " + override.getReason()));
        }
        return lines;
    }

    private void judged(List<String> lines, Verdict judged) {
        say(
                lines,
                "verdict",
                judged.getState()
                        + (judged.getRevision() == 0 ? "" : " against revision " + judged.getRevision())
                        + (judged.getMatchedRevision() == 0 ? "" : ", runs revision " + judged.getMatchedRevision())
                        + " for " + StatusTables.age(judged.getSince(), now)
                        + ", seen " + StatusTables.ago(judged.getObservedAt(), now));
        drifts(lines, judged.getDriftsList());
    }

    private void template(List<String> lines, WorkloadVerdict judged) {
        say(
                lines,
                "template",
                judged.getTemplateState() + " for " + StatusTables.age(judged.getTemplateSince(), now)
                        + (judged.hasStatus()
                                ? ", " + judged.getStatus().getReady() + " of "
                                        + judged.getStatus().getDesired() + " ready"
                                : ""));
        drifts(lines, judged.getDriftsList());
    }

    private static void drifts(List<String> lines, List<Drift> drifts) {
        for (Drift drift : drifts) {
            say(lines, "  drift", drift.getKind() + " " + drift.getSubject());
            say(lines, "    declared", drift.getDeclared().isEmpty() ? "nothing" : drift.getDeclared());
            say(lines, "    observed", drift.getObserved().isEmpty() ? "nothing" : drift.getObserved());
        }
    }

    private void remedied(List<String> lines, Remediation remedied) {
        say(
                lines,
                "remediation",
                remedied.getPhase() + " for " + StatusTables.age(remedied.getUpdatedAt(), now)
                        + (remedied.getAttempt() == 0 ? "" : ", attempt " + remedied.getAttempt()));
        if (verdict.isEmpty()) {
            drifts(lines, remedied.getDriftsList());
        }
        if (remedied.hasHold()) {
            var hold = remedied.getHold();
            say(
                    lines,
                    "  held by",
                    hold.getReason() + ": " + hold.getDetail()
                            + (hold.hasUntil()
                                    ? " (looked at again at " + Timestamps.toString(hold.getUntil()) + ")"
                                    : ""));
        }
        if (!remedied.getDetail().isEmpty()) {
            say(lines, "  last", remedied.getDetail());
        }
        if (!remedied.getReplacement().isEmpty()) {
            say(lines, "  replaced by", remedied.getReplacement());
        }
    }

    private String whyNone() {
        return verdict.map(judged -> switch (judged.getState()) {
                    case CONFORMANT -> "it runs what is declared";
                    case UNDECLARED -> "nothing is declared for its workload";
                    case UNVERIFIED -> "what it runs cannot be told yet";
                    case OUTDATED, DRIFTED -> "the planner has not looked at it yet, or its mode is OFF";
                    case STATE_UNSPECIFIED, UNRECOGNIZED -> "it is not judged";
                })
                .orElse("nothing to be done");
    }

    private static void say(List<String> lines, String what, String text) {
        lines.add("  %-13s %s".formatted(what, text));
    }
}
