package dev.snowmelt.remediator.execute;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Outcome;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns orders into outcomes. Orders of one workload must come one after the other.
final class CommandHandler {
    private static final Logger log = LoggerFactory.getLogger(CommandHandler.class);
    private static final int REMEMBERED = 10_000;

    private final Map<TargetId, Procedure> procedures;
    private final InstantSource clock;
    private final ExecutorMeters meters;
    private final FinishedCommands finished = new FinishedCommands(REMEMBERED);

    CommandHandler(
            Map<TargetId, Platform> platforms,
            JudgeRules rules,
            Declarations declarations,
            Overrides overrides,
            InstantSource clock,
            ExecutorMeters meters) {
        this.procedures = platforms.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        entry -> new Procedure(entry.getValue(), rules, declarations, overrides, clock)));
        this.clock = clock;
        this.meters = meters;
    }

    /// Carries out an order, or repeats what became of it.
    ///
    /// What others may have done, it knows nothing of: see [Answer#ofRepetition].
    Outcome handle(Order order) {
        Optional<Outcome> before = finished.find(order.command().getId());
        if (before.isPresent()) {
            meters.duplicate();
            return before.get();
        }
        Outcome outcome = carryOut(order).toOutcome(order, clock.instant());
        finished.remember(outcome);
        meters.finished(order, outcome);
        log.atInfo()
                .addKeyValue("command", outcome.getCommand())
                .addKeyValue("action", order.command().getAction())
                .addKeyValue("subject", subject(order))
                .addKeyValue("result", outcome.getResult())
                .log(outcome.getDetail());
        return outcome;
    }

    private Answer carryOut(Order order) {
        Procedure procedure = procedures.get(order.workload().target());
        if (procedure == null) {
            return Answer.refused("no client for " + order.workload().target());
        }
        try {
            return procedure.carryOut(order);
        } catch (RuntimeException e) {
            // Outermost loop of an order: a defect here must not stop the others, and nobody can tell how far it got.
            log.atError()
                    .addKeyValue("command", order.command().getId())
                    .addKeyValue("subject", subject(order))
                    .setCause(e)
                    .log("order failed");
            return Answer.effectUnknown("defect in the executor: " + e);
        }
    }

    private static Object subject(Order order) {
        return switch (order) {
            case Order.Replace replace -> replace.instance();
            case Order.Restore restore -> restore.workload();
        };
    }
}
