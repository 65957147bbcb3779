package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.fingerprint.ec2.Member;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Spare;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.model.Instance;

/// What a group's warm pool holds. Auto Scaling takes a replacement from there before it launches
/// one, and what was stopped there keeps the image that it was launched from, whatever the launch
/// template names since.
///
/// @param unknown why it cannot be told; empty: it can
record WarmPool(List<Spare> spares, Optional<Reply.NotNow> unknown) {
    static final WarmPool NONE = new WarmPool(List.of(), Optional.empty());

    /// Two more reads, for a group that has one.
    static WarmPool of(Looks.Look look, AutoScalingGroup group) {
        if (group.warmPoolConfiguration() == null) {
            return NONE;
        }
        String name = group.autoScalingGroupName();
        var entries = look.warmPool(name).stream()
                .filter(entry -> entry.instanceId() != null)
                .filter(entry -> !Member.of(group, entry).terminating())
                .toList();
        Map<String, Instance> found = new HashMap<>();
        look.instances(entries.stream().map(entry -> entry.instanceId()).toList())
                .forEach(instance -> found.put(instance.instanceId(), instance));
        var spares = new ArrayList<Spare>();
        for (var entry : entries) {
            Instance instance = found.get(entry.instanceId());
            if (instance == null) {
                return new WarmPool(
                        List.of(),
                        Optional.of(Replies.notNowInGroup("EC2 does not show %s of the warm pool of group %s"
                                .formatted(entry.instanceId(), name))));
            }
            spares.add(new Spare(
                    "%s of the warm pool of group %s".formatted(entry.instanceId(), name),
                    InstanceFingerprint.imageFacet(instance, Member.of(group, entry), ""),
                    "empty the warm pool, or refresh it"));
        }
        return new WarmPool(spares, Optional.empty());
    }
}
