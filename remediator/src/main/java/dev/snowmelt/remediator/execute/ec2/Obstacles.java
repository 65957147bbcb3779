package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.remediator.execute.Reply;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingInstanceDetails;
import software.amazon.awssdk.services.autoscaling.model.InstanceRefresh;
import software.amazon.awssdk.services.autoscaling.model.SuspendedProcess;
import software.amazon.awssdk.services.autoscaling.model.WarmPoolConfiguration;

/// Why an instance, or a group's template, is left alone for now. Pure. What is in the way of the
/// whole group is asked first and said to be so: then no other instance of it needs to be tried.
///
/// None of this keeps Auto Scaling from doing what it is asked:
/// `TerminateInstanceInAutoScalingGroup` heeds neither scale-in protection nor termination
/// protection nor standby. So it is asked for first, and what is not answered counts as an
/// obstacle. Source of the states: "Amazon EC2 Auto Scaling instance lifecycle" in its user guide.
final class Obstacles {
    private static final String IN_SERVICE = "InService";
    private static final String STOPPED = "Stopped";
    /// Without the first two nothing is recreated; without the third what is recreated does not
    /// serve; without the last it stays Healthy whatever its checks say, so that nothing could be
    /// proven.
    private static final Set<String> NEEDED = Set.of("Launch", "Terminate", "AddToLoadBalancer", "HealthCheck");
    /// Anything else, what a later API may bring included, is under way.
    private static final Set<String> ENDED =
            Set.of("Successful", "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful");

    private Obstacles() {}

    /// @param member what Auto Scaling says of the instance
    /// @param group its group
    /// @param refreshes the group's instance refreshes
    /// @param terminationProtected `disableApiTermination`; null: not known
    static Optional<Reply.NotNow> toTerminate(
            AutoScalingInstanceDetails member,
            AutoScalingGroup group,
            List<InstanceRefresh> refreshes,
            @Nullable Boolean terminationProtected) {
        Optional<Reply.NotNow> ofGroup = Stream.of(changing(group, refreshes), suspended(group), warmPool(group))
                .flatMap(Optional::stream)
                .findFirst()
                .map(Replies::notNowInGroup);
        return ofGroup.or(() -> Stream.of(lifecycle(member), scaleIn(member), termination(terminationProtected))
                .flatMap(Optional::stream)
                .findFirst()
                .map(Replies::notNow));
    }

    /// Why what the group launches from is left alone.
    static Optional<Reply.NotNow> toChange(AutoScalingGroup group, List<InstanceRefresh> refreshes) {
        return changing(group, refreshes).map(Replies::notNowInGroup);
    }

    private static Optional<String> changing(AutoScalingGroup group, List<InstanceRefresh> refreshes) {
        if (group.status() != null && !group.status().isEmpty()) {
            return Optional.of("group " + group.autoScalingGroupName() + " is being deleted");
        }
        return refreshes.stream()
                .filter(refresh -> !ENDED.contains(String.valueOf(refresh.statusAsString())))
                .findFirst()
                .map(refresh -> "instance refresh %s of group %s is under way (%s)"
                        .formatted(refresh.instanceRefreshId(), group.autoScalingGroupName(), told(refresh)));
    }

    private static String told(InstanceRefresh refresh) {
        return refresh.statusAsString()
                + (refresh.percentageComplete() == null ? "" : ", " + refresh.percentageComplete() + " %");
    }

    /// Terminating, Terminating:Wait, Warmed:Terminating:Proceed, …
    static boolean isTerminating(AutoScalingInstanceDetails member) {
        String state = String.valueOf(member.lifecycleState());
        return state.contains("Terminating") || state.endsWith("Terminated");
    }

    private static Optional<String> lifecycle(AutoScalingInstanceDetails member) {
        String state = String.valueOf(member.lifecycleState());
        if (state.equals(IN_SERVICE)) {
            return Optional.empty();
        }
        String meaning;
        if (state.contains("Standby")) {
            meaning = "somebody took it out of service";
        } else if (state.contains("Detach")) {
            meaning = "it leaves its group";
        } else if (state.startsWith("Pending")) {
            meaning = "it is being launched";
        } else if (state.startsWith("Warmed")) {
            meaning = "it waits in the warm pool";
        } else {
            meaning = "it is not in service";
        }
        return Optional.of("its lifecycle state is " + state + ": " + meaning);
    }

    private static Optional<String> scaleIn(AutoScalingInstanceDetails member) {
        if (Boolean.FALSE.equals(member.protectedFromScaleIn())) {
            return Optional.empty();
        }
        return Optional.of(
                Boolean.TRUE.equals(member.protectedFromScaleIn())
                        ? "it is protected from scale-in"
                        : "Auto Scaling does not say whether it is protected from scale-in");
    }

    private static Optional<String> suspended(AutoScalingGroup group) {
        return group.suspendedProcesses().stream()
                .map(SuspendedProcess::processName)
                .filter(process -> process != null && NEEDED.contains(process))
                .sorted()
                .findFirst()
                .map(process -> "process %s of group %s is suspended".formatted(process, group.autoScalingGroupName()));
    }

    // One that is stopped there is launched anew, by EC2's word. One that runs (or sleeps) there was launched before
    // any command, and nothing tells when it came into service.
    private static Optional<String> warmPool(AutoScalingGroup group) {
        WarmPoolConfiguration pool = group.warmPoolConfiguration();
        if (pool == null) {
            return Optional.empty();
        }
        if (!STOPPED.equals(String.valueOf(pool.poolStateAsString()))) {
            return Optional.of(
                    "group %s has a warm pool that is not of stopped instances: a replacement from it could not be told from the instances before it"
                            .formatted(group.autoScalingGroupName()));
        }
        return backIntoWarmPool(group);
    }

    /// What is scaled in may be taken back there instead of being terminated; whether that goes for
    /// what is terminated by a call too, AWS does not say.
    static Optional<String> backIntoWarmPool(AutoScalingGroup group) {
        WarmPoolConfiguration pool = group.warmPoolConfiguration();
        return pool != null
                        && pool.instanceReusePolicy() != null
                        && Boolean.TRUE.equals(pool.instanceReusePolicy().reuseOnScaleIn())
                ? Optional.of(
                        "group %s has a warm pool that takes instances back (ReuseOnScaleIn): what is terminated could come into service again"
                                .formatted(group.autoScalingGroupName()))
                : Optional.empty();
    }

    private static Optional<String> termination(@Nullable Boolean isProtected) {
        if (Boolean.FALSE.equals(isProtected)) {
            return Optional.empty();
        }
        return Optional.of(
                Boolean.TRUE.equals(isProtected)
                        ? "termination protection (disableApiTermination) is on"
                        : "EC2 does not say whether termination protection is on");
    }
}
