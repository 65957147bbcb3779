package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.demo.Snowflake.End;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/// The order of events: declare, wait until all is well, make snowflakes, watch them being dealt
/// with, count.
final class Demo {
    private final DemoFleet fleet;
    private final Story story;
    private final Steps steps;
    private final DemoScans scans;

    Demo(DemoFleet fleet, Story story, Steps steps, DemoScans scans) {
        this.fleet = fleet;
        this.story = story;
        this.steps = steps;
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
        steps.awaitEnd(hotfix);
        steps.awaitEnd(miner);
        steps.awaitEnd(orders);

        repushedTag();
        wrongTemplate();
        return new DemoReport(story.snowflakes(), violations(Set.of(edited, injected), stateful));
    }

    private void declareAll() throws InterruptedException {
        propose(DemoFleet.CART, false);
        propose(DemoFleet.SEARCH, false);
        propose(DemoFleet.CHECKOUT, true);
        propose(DemoFleet.ORDERS, false);
        steps.awaitConformant(4 * DemoFleet.REPLICAS, "pods");
    }

    /// A tag moves under a template that names only the tag: nothing may be killed, until a person
    /// opts in to pinning it.
    private void repushedTag() throws InterruptedException {
        Snowflake snowflake = story.expect(
                "tag pushed again under an unpinned template", DemoFleet.SEARCH, Optional.empty(), End.RESTORED);
        fleet.pushTagAgain(DemoFleet.SEARCH);
        steps.awaitEnd(snowflake, End.HELD);
        story.pause(Steps.QUIET);
        story.tell("cured by  declaring search again, with restoreTemplate: the template is pinned");
        propose(DemoFleet.SEARCH, true);
        steps.awaitEnd(snowflake);
        story.pause(Steps.QUIET);
    }

    private void wrongTemplate() throws InterruptedException {
        Snowflake snowflake = story.expect(
                "template pointed at an undeclared image", DemoFleet.CHECKOUT, Optional.empty(), End.RESTORED);
        fleet.pointTemplateAtNightly(DemoFleet.CHECKOUT);
        steps.awaitEnd(snowflake);
    }

    private Snowflake make(String what, WorkloadId workload, InstanceId pod, End expected) {
        return story.expect(what, workload, Optional.of(pod), expected);
    }

    private List<String> violations(Set<InstanceId> evicted, InstanceId stateful) throws InterruptedException {
        var violations = new ArrayList<String>();
        try {
            fleet.awaitSettled(Steps.LONGEST);
        } catch (TimeoutException e) {
            violations.add("the cluster did not come to rest: " + e.getMessage());
        }
        violations.addAll(steps.violations());
        violations.addAll(fleet.violations(evicted, Set.of(DemoFleet.SEARCH, DemoFleet.CHECKOUT), stateful));
        violations.addAll(scans.violations(Set.of(stateful), Set.of(DemoFleet.ORDERS)));
        return violations;
    }

    private void propose(WorkloadId workload, boolean restoreTemplate) throws InterruptedException {
        steps.declare(fleet.declaration(workload, restoreTemplate));
    }
}
