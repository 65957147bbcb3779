package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.CollectorMetrics;
import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.detector.collect.SnapshotTally;
import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Instance;

/// Tells all groups, then all instances, page by page. Of an instance no more is kept than what its
/// group says of it.
final class Lister {
    private static final Logger log = LoggerFactory.getLogger(Lister.class);

    private final Fleet fleet;
    private final Teller teller;
    private final CollectorMetrics metrics;
    private final BooleanSupplier closed;

    Lister(Fleet fleet, Teller teller, CollectorMetrics metrics, BooleanSupplier closed) {
        this.fleet = fleet;
        this.teller = teller;
        this.metrics = metrics;
        this.closed = closed;
    }

    /// Everything it tells has the order of its beginning: an instance's facet rests on its group's
    /// page too, which was asked for long before its own. What a look saw meanwhile is newer.
    void list(SnapshotTally tally) throws LookException {
        long order = fleet.nextOrder();
        KnownFleet known = fleet.known();
        known.begin();
        try {
            var groups = new HashMap<String, Member>();
            LaunchTemplates.Reading launches = fleet.launchTemplates().list();
            fleet.reads().groups(page -> {
                launches.prepare(page.stream()
                        .flatMap(group -> GroupFingerprint.sources(group).stream())
                        .toList());
                for (AutoScalingGroup group : page) {
                    readable("groups", tally, () -> {
                        tell(group, launches, order, tally);
                        groups.put(group.autoScalingGroupName(), Member.unlisted(group));
                    });
                }
                goOn();
            });
            fleet.reads().instances(page -> {
                tell(page, groups, order, tally);
                goOn();
            });
            known.commit();
            fleet.userData().keep(known::knows);
        } finally {
            known.abandon();
        }
    }

    private void tell(AutoScalingGroup group, LaunchTemplates.Reading launches, long order, SnapshotTally tally) {
        List<LaunchSource> sources = GroupFingerprint.sources(group);
        teller.group(group, launches::of, order, tally);
        fleet.known().group(group.autoScalingGroupName(), sources);
        for (Instance entry : group.instances()) {
            fleet.known().listed(entry.instanceId(), Member.of(group, entry));
        }
    }

    private void tell(
            List<software.amazon.awssdk.services.ec2.model.Instance> page,
            Map<String, Member> groups,
            long order,
            SnapshotTally tally)
            throws LookException {
        for (var instance : page) {
            String userData = fleet.userData().sha256(instance);
            readable("instances", tally, () -> {
                Member member = member(instance, groups);
                teller.instance(instance, member, userData, order, tally);
                fleet.known().listed(instance.instanceId(), member);
                tally.countInstance();
            });
        }
    }

    private @Nullable Member member(
            software.amazon.awssdk.services.ec2.model.Instance instance, Map<String, Member> groups) {
        Member listed = fleet.known().listed(instance.instanceId());
        if (listed != null) {
            return listed;
        }
        String group = InstanceFingerprint.groupTag(instance);
        return group.isEmpty() ? null : groups.getOrDefault(group, Member.named(group));
    }

    private void readable(String resource, SnapshotTally tally, Runnable tell) {
        try {
            tell.run();
        } catch (IllegalArgumentException e) {
            log.atWarn()
                    .addKeyValue("resource", resource)
                    .addKeyValue("problem", e.getMessage())
                    .log("unreadable object");
            metrics.unreadable(resource);
            tally.countUnreadable();
        }
    }

    private void goOn() throws LookException {
        if (closed.getAsBoolean() || Thread.currentThread().isInterrupted()) {
            throw new LookException("the list was stopped", null, false);
        }
    }
}
