package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.demo.Snowflake.End;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/// The order of events: declare, wait until all is well, make snowflakes, watch them being dealt
/// with, count.
final class Demo {
    private static final Duration LONGEST = Duration.ofSeconds(90);
    /// Longer than the planner's `settle`, so that what is measured is not the wait for a quiet
    /// census.
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final DemoFleet fleet;
    private final Story story;
    private final Proposer proposer;
    private final DemoScans scans;

    Demo(DemoFleet fleet, Story story, Proposer proposer, DemoScans scans) {
        this.fleet = fleet;
        this.story = story;
        this.proposer = proposer;
        this.scans = scans;
    }

    /// @throws CliException when the fleet does not even become conformant: nothing can be shown
    /// then
    DemoReport run() throws InterruptedException {
        declareAll();
        scans.tell();
        InstanceId edited = fleet.pod(DemoFleet.CART, 3);
        InstanceId injected = fleet.pod(DemoFleet.CART, 11);
        InstanceId stateful = fleet.pod(DemoFleet.ORDERS, 5);

        Snowflake hotfix = make("pod edited in place to another image", DemoFleet.CART, edited, End.REPLACED);
        fleet.editInPlace(edited, "cart", "cart:1.2-hotfix");
        Snowflake miner = make("pod with an extra container", DemoFleet.CART, injected, End.REPLACED);
        fleet.injectContainer(injected);
        Snowflake orders = make("pod of a StatefulSet edited in place", DemoFleet.ORDERS, stateful, End.HELD);
        fleet.editInPlace(stateful, "orders", "orders:debug");
        awaitEnd(hotfix);
        awaitEnd(miner);
        awaitEnd(orders);

        repushedTag();
        wrongTemplate();
        return new DemoReport(story.snowflakes(), violations(Set.of(edited, injected), stateful));
    }

    private void declareAll() throws InterruptedException {
        propose(DemoFleet.CART, false);
        propose(DemoFleet.SEARCH, false);
        propose(DemoFleet.CHECKOUT, true);
        propose(DemoFleet.ORDERS, false);
        int pods = 4 * DemoFleet.REPLICAS;
        boolean conformant = story.awaitThat(
                () -> story.verdicts().stream()
                                .filter(verdict -> verdict.getState() == Verdict.State.CONFORMANT)
                                .count()
                        == pods,
                LONGEST);
        if (!conformant) {
            throw new CliException("The " + pods + " pods of the demo did not become conformant within "
                    + LONGEST.toSeconds() + " s; run it again with SNOWMELT_LOG_LEVEL=INFO to see what the roles say.");
        }
        story.tell("all well  " + pods + " pods run what is declared");
        story.pause(QUIET);
    }

    /// A tag moves under a template that names only the tag: nothing may be killed, until a person
    /// opts in to pinning it.
    private void repushedTag() throws InterruptedException {
        Snowflake snowflake = story.expect(
                "tag pushed again under an unpinned template", DemoFleet.SEARCH, Optional.empty(), End.RESTORED);
        fleet.pushTagAgain(DemoFleet.SEARCH);
        awaitEnd(snowflake, End.HELD);
        story.pause(QUIET);
        story.tell("cured by  declaring search again, with restoreTemplate: the template is pinned");
        propose(DemoFleet.SEARCH, true);
        awaitEnd(snowflake);
        story.pause(QUIET);
    }

    private void wrongTemplate() throws InterruptedException {
        Snowflake snowflake = story.expect(
                "template pointed at an undeclared image", DemoFleet.CHECKOUT, Optional.empty(), End.RESTORED);
        fleet.pointTemplateAtNightly(DemoFleet.CHECKOUT);
        awaitEnd(snowflake);
    }

    private Snowflake make(String what, WorkloadId workload, InstanceId pod, End expected) {
        return story.expect(what, workload, Optional.of(pod), expected);
    }

    private void awaitEnd(Snowflake snowflake) throws InterruptedException {
        awaitEnd(snowflake, snowflake.expected());
    }

    private void awaitEnd(Snowflake snowflake, End end) throws InterruptedException {
        // What did not come in time is told by the report.
        var _ = story.await(
                snowflake, s -> s.seen() && s.end().filter(is -> is == end).isPresent(), LONGEST);
    }

    private List<String> violations(Set<InstanceId> evicted, InstanceId stateful) throws InterruptedException {
        var violations = new ArrayList<String>();
        try {
            fleet.awaitSettled(LONGEST);
        } catch (TimeoutException e) {
            violations.add("the cluster did not come to rest: " + e.getMessage());
        }
        for (Snowflake snowflake : story.snowflakes()) {
            if (!snowflake.seen()) {
                violations.add(snowflake.what() + ": was not seen");
            }
            if (snowflake.end().filter(end -> end == snowflake.expected()).isEmpty()) {
                violations.add(snowflake.what() + ": ended "
                        + snowflake.end().map(End::name).orElse("not at all") + ", should be " + snowflake.expected());
            }
        }
        violations.addAll(fleet.violations(evicted, Set.of(DemoFleet.SEARCH, DemoFleet.CHECKOUT), stateful));
        violations.addAll(scans.violations(Set.of(stateful), Set.of(DemoFleet.ORDERS)));
        return violations;
    }

    private void propose(WorkloadId workload, boolean restoreTemplate) throws InterruptedException {
        Answer answer = proposer.propose(
                        List.of(Proposal.newBuilder()
                                .setDeclare(fleet.declaration(workload, restoreTemplate))
                                .setBy("demo")
                                .setReason("snowmelt demo")
                                .build()),
                        LONGEST)
                .getFirst();
        if (!answer.hasAccepted()) {
            throw new CliException(
                    "The demo's own declaration of " + workload + " was refused: " + answer.getRefused());
        }
        story.tell("declared  %s, revision %d"
                .formatted(workload, answer.getAccepted().getRevision()));
    }
}
