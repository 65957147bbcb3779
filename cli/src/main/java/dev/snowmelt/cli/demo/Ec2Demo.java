package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.demo.Snowflake.End;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The order of events on EC2: declare, make snowflakes, watch them being dealt with, roll a fleet to its next image
/// and
/// back, count.
final class Ec2Demo {
    /// By the demo: one each to make room for the two snowflakes, one that was lost. By Snowmelt: the snowflake, what
    /// the wrong template launched, and the fleet of 20, twice.
    private static final int TERMINATIONS = 3 + 2 + 2 * 20;

    private final Ec2DemoFleet fleet;
    private final Story story;
    private final Steps steps;
    private final DemoScans scans;

    Ec2Demo(Ec2DemoFleet fleet, Story story, Steps steps, DemoScans scans) {
        this.fleet = fleet;
        this.story = story;
        this.steps = steps;
        this.scans = scans;
    }

    /// @throws CliException when the fleet does not even become conformant: nothing can be shown then
    DemoReport run() throws InterruptedException {
        for (WorkloadId group : List.of(Ec2DemoFleet.WEB, Ec2DemoFleet.CHECKOUT, Ec2DemoFleet.ORDERS)) {
            steps.declare(fleet.declaration(group, fleet.ami(group)));
        }
        steps.awaitConformant(fleet.instances(), "instances");
        scans.tell();

        Snowflake hotfix = story.expect(
                "instance of another AMI in a group of 20", Ec2DemoFleet.WEB, Optional.empty(), End.REPLACED);
        fleet.expectGone(fleet.snowflake(Ec2DemoFleet.WEB));
        Snowflake guarded =
                story.expect("the same, but protected from scale-in", Ec2DemoFleet.ORDERS, Optional.empty(), End.HELD);
        InstanceId kept = fleet.snowflake(Ec2DemoFleet.ORDERS);
        fleet.expectStay(Ec2DemoFleet.ORDERS);
        InstanceId bastion = standalone();
        steps.awaitEnd(hotfix);
        steps.awaitEnd(guarded);
        story.pause(Steps.QUIET);

        wrongTemplate();
        story.pause(Steps.QUIET);
        fleet.expectStay(Ec2DemoFleet.CHECKOUT);

        roll("fleet of 20 rolled to its next AMI", false);
        roll("the same fleet rolled back", true);
        return new DemoReport(story.snowflakes(), violations(kept, bastion));
    }

    private InstanceId standalone() throws InterruptedException {
        InstanceId started = fleet.standalone();
        var workload = new WorkloadId(Ec2DemoFleet.TARGET, "", WorkloadId.STANDALONE, started.name());
        Snowflake snowflake =
                story.expect("machine started by hand from another AMI", workload, Optional.of(started), End.HELD);
        steps.declare(fleet.declaration(workload, fleet.ami(Ec2DemoFleet.ORDERS)));
        steps.awaitEnd(snowflake);
        return started;
    }

    private void wrongTemplate() throws InterruptedException {
        Snowflake template = story.expect(
                "group pointed at an undeclared version", Ec2DemoFleet.CHECKOUT, Optional.empty(), End.RESTORED);
        fleet.pointAtHotfix(Ec2DemoFleet.CHECKOUT);
        InstanceId launched = fleet.lose(Ec2DemoFleet.CHECKOUT);
        fleet.expectGone(launched);
        Snowflake wrong = story.expect(
                "instance that it launched meanwhile", Ec2DemoFleet.CHECKOUT, Optional.of(launched), End.REPLACED);
        steps.awaitEnd(template);
        steps.awaitEnd(wrong);
    }

    private void roll(String what, boolean back) throws InterruptedException {
        fleet.expectAllGone(Ec2DemoFleet.WEB);
        Snowflake roll = story.expectRoll(what, Ec2DemoFleet.WEB, Ec2DemoFleet.WEB_SIZE);
        if (back) {
            steps.rollBack(Ec2DemoFleet.WEB.toString());
        } else {
            steps.declare(fleet.declaration(Ec2DemoFleet.WEB, fleet.webV2()));
        }
        steps.awaitEnd(roll);
        story.pause(Steps.QUIET);
    }

    private List<String> violations(InstanceId kept, InstanceId bastion) throws InterruptedException {
        var violations = new ArrayList<>(steps.violations());
        violations.addAll(fleet.violations(TERMINATIONS));
        violations.addAll(scans.violations(Set.of(kept, bastion), Set.of(Ec2DemoFleet.ORDERS)));
        return violations;
    }
}
