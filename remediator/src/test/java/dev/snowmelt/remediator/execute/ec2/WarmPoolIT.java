package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.sandbox.aws.AwsCall;
import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.InstanceRefreshes;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a look sees of a group's warm pool. Moto's pools hold nothing, so that what they hold is
/// scripted.
@ExtendWith(MotoExtension.class)
@Timeout(120)
class WarmPoolIT {
    private static final String DESCRIBE = "DescribeWarmPool";

    private Ec2Fleet fleet;
    private FaultyProxy aws;
    private LoopbackClients loopback;
    private Platform platform;
    private String old;

    @BeforeEach
    void aGroupWithAPool(Moto moto) {
        moto.reset();
        fleet = new Ec2Fleet(moto);
        old = fleet.ami("web 1");
        fleet.group("web", 2, fleet.launchTemplate("web", fleet.ami("web 2")), "1");
        moto.autoScaling()
                .putWarmPool(pool -> pool.autoScalingGroupName("web")
                        .poolState("Stopped")
                        .minSize(1)
                        .maxGroupPreparedCapacity(5));
        aws = FaultyProxy.before(moto.endpoint());
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        loopback = new LoopbackClients(aws.endpoint());
        platform = Ec2Platform.of(
                TargetId.parse(Moto.target()), loopback.clients(), Duration.ofSeconds(20), Duration.ofSeconds(3));
    }

    @AfterEach
    void stop() {
        loopback.close();
        aws.close();
    }

    private Sighting<LiveInstance> look() {
        return platform.instances()
                .look(InstanceId.parse(
                        Moto.target() + "/" + fleet.instances("web").getFirst()));
    }

    private LiveInstance seen() {
        if (look() instanceof Sighting.Seen<LiveInstance>(var live)) {
            return live;
        }
        throw new AssertionError("not seen");
    }

    @Test
    void anEmptyPoolIsNoObstacle() {
        assertThat(seen().notNow()).isNull();
        assertThat(seen().next().spares()).isEmpty();
    }

    @Test
    void itsInstancesAreSparesWithTheImageThatTheyWereStoppedWith() {
        String spare = fleet.standalone(old);
        aws.fail(DESCRIBE, Scripts.warmPool(spare, "Warmed:Stopped"));

        assertThat(seen().next().spares()).singleElement().satisfies(it -> {
            assertThat(it.name()).isEqualTo(spare + " of the warm pool of group web");
            assertThat(it.image().getContainers(0).getImageId()).isEqualTo(old);
        });
        assertThat(aws.calls())
                .as("what anybody may change is still read last")
                .extracting(AwsCall::action)
                .endsWith("DescribeInstances", "DescribeAutoScalingGroups", "DescribeAutoScalingInstances");
    }

    @Test
    void oneThatLeavesThePoolIsNoSpare() {
        aws.fail(DESCRIBE, Scripts.warmPool(fleet.standalone(old), "Warmed:Terminating:Wait"));

        assertThat(seen().next().spares()).isEmpty();
    }

    @Test
    void oneThatEc2DoesNotShowIsInTheWay() {
        aws.fail(DESCRIBE, Scripts.warmPool("i-0123456789abcdef0", "Warmed:Stopped"));

        assertThat(seen().notNow())
                .isEqualTo(
                        Replies.notNowInGroup("EC2 does not show i-0123456789abcdef0 of the warm pool of group web"));
    }

    @Test
    void aPoolThatCannotBeReadIsInTheWay() {
        aws.fail(DESCRIBE, Fault.accessDenied("autoscaling:DescribeWarmPool"));

        if (!(look() instanceof Sighting.Unseen<LiveInstance>(var why))) {
            throw new AssertionError("seen");
        }
        assertThat(why.detail()).contains("allow autoscaling:DescribeWarmPool in the policy");
    }

    @Test
    void aGroupWithoutAPoolCostsNoCall() {
        fleet.group("plain", 1, fleet.launchTemplate("plain", old), "1");
        Sighting<LiveInstance> plain = platform.instances()
                .look(InstanceId.parse(
                        Moto.target() + "/" + fleet.instances("plain").getFirst()));

        assertThat(plain).isInstanceOf(Sighting.Seen.class);
        assertThat(aws.calls(DESCRIBE)).isEmpty();
    }
}
