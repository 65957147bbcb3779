package dev.snowmelt.fingerprint.ec2;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Instance;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;

/// How many instances a group wants.
///
/// Where instance types have weights (or the capacity is counted in vCPUs or memory),
/// `DesiredCapacity` is in units: 20 units may be 5 instances of weight 4. Budgets, proofs and the
/// census count instances, so it is translated: what the group has and wants to have, and for the
/// units that miss as many instances as there would be at most, of the smallest weight. Those count
/// as unavailable, one for one, so that an estimate too high never allows more.
///
/// @param desired in instances
record Capacity(int desired) {
    private static final String UNITS = "units";

    static Capacity of(AutoScalingGroup group) {
        int wanted = group.desiredCapacity() == null ? 0 : group.desiredCapacity();
        if (!isWeighted(group)) {
            return new Capacity(wanted);
        }
        int instances = 0;
        long units = 0;
        for (Instance entry : group.instances()) {
            if (isCounted(entry)) {
                instances++;
                units += weight(entry.weightedCapacity());
            }
        }
        long missing = Math.max(0, wanted - units);
        int smallest = smallestWeight(group);
        return new Capacity(instances + (int) ((missing + smallest - 1) / smallest));
    }

    private static boolean isWeighted(AutoScalingGroup group) {
        String type = group.desiredCapacityType();
        return (type != null && !type.isEmpty() && !type.equals(UNITS))
                || weights(group).anyMatch(weight -> weight != 1);
    }

    private static int smallestWeight(AutoScalingGroup group) {
        return weights(group).mapToInt(Integer::intValue).min().orElse(1);
    }

    private static Stream<Integer> weights(AutoScalingGroup group) {
        return Stream.concat(
                GroupFingerprint.overrides(group).stream()
                        .map(LaunchTemplateOverrides::weightedCapacity)
                        .map(Capacity::weight),
                group.instances().stream().map(Instance::weightedCapacity).map(Capacity::weight));
    }

    /// Those in standby and those that leave do not count towards the desired capacity.
    private static boolean isCounted(Instance entry) {
        String lifecycle = String.valueOf(entry.lifecycleStateAsString());
        return lifecycle.startsWith("Pending")
                || lifecycle.equals("InService")
                || lifecycle.startsWith("ReplacingRootVolume")
                || lifecycle.equals("RootVolumeReplaced");
    }

    private static int weight(@Nullable String weight) {
        return weight == null || !weight.matches("[1-9][0-9]{0,4}") ? 1 : Integer.parseInt(weight);
    }
}
