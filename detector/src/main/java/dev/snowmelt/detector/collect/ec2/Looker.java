package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.Member;
import dev.snowmelt.schemas.id.WorkloadId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/// Looks at what events named, and tells what it sees. Used by one thread: what it tells later is
/// newer.
///
/// Nothing is concluded from what an answer lacks (S9): EC2 is eventually consistent. Only the
/// state `terminated` says that an instance is gone, and only an answer that shows it in another
/// workload that it left one.
final class Looker {
    private static final Logger log = LoggerFactory.getLogger(Looker.class);

    private final Fleet fleet;
    private final Teller teller;
    private final InstantSource clock;

    Looker(Fleet fleet, Teller teller, InstantSource clock) {
        this.fleet = fleet;
        this.teller = teller;
        this.clock = clock;
    }

    /// Looks once: one DescribeInstances for up to 200 instances, one DescribeAutoScalingGroups for
    /// up to 100 groups, and what is not known yet of their launch templates.
    ///
    /// @return what is to be looked at again: it was not there (yet), or is on its way to another
    /// state
    EventNews look(EventNews news) throws LookException {
        long order = fleet.nextOrder();
        var sight = new Sight();
        fleet.reads().instances(news.instances(), sight::add);
        Set<String> groups = groups(news, sight);
        fleet.reads().groups(groups, page -> page.forEach(sight::add));
        // Their group says something else of a neighbour now, or has a new one, and no event named it.
        fleet.reads().instances(neighbours(news, sight), sight::add);
        fleet.launchTemplates().forget(news.templates());
        LaunchTemplates.Reading launches = fleet.launchTemplates().look();
        launches.prepare(sight.groups.values().stream()
                .flatMap(group -> GroupFingerprint.sources(group).stream())
                .toList());
        for (AutoScalingGroup group : sight.groups.values()) {
            readable(() -> {
                List<LaunchSource> sources = GroupFingerprint.sources(group);
                teller.group(group, launches::of, order, null);
                fleet.known().group(group.autoScalingGroupName(), sources);
            });
        }
        var again = new EventNews();
        for (Instance instance : sight.instances.values()) {
            String userData = fleet.userData().sha256(instance);
            readable(() -> tell(instance, userData, sight, news, again, order));
        }
        touches(news, sight, again, order);
        for (String instance : news.instances()) {
            if (!sight.instances.containsKey(instance)) {
                lookAgain(instance, news, again);
            }
        }
        return again;
    }

    /// What was answered.
    private static final class Sight {
        final Map<String, Instance> instances = new LinkedHashMap<>();
        final Map<String, AutoScalingGroup> groups = new LinkedHashMap<>();
        final Map<String, Member> members = new HashMap<>();
        final Set<String> unsettled = new HashSet<>();

        void add(List<Instance> page) {
            page.forEach(instance -> instances.put(instance.instanceId(), instance));
        }

        void add(AutoScalingGroup group) {
            groups.put(group.autoScalingGroupName(), group);
            for (var entry : group.instances()) {
                members.put(entry.instanceId(), Member.of(group, entry));
                if (isOnItsWay(String.valueOf(entry.lifecycleStateAsString()))) {
                    unsettled.add(entry.instanceId());
                }
            }
        }

        @Nullable Member member(Instance instance) {
            Member listed = members.get(instance.instanceId());
            if (listed != null) {
                return listed;
            }
            String tag = InstanceFingerprint.groupTag(instance);
            AutoScalingGroup group = groups.get(tag);
            if (group != null) {
                return Member.unlisted(group);
            }
            return tag.isEmpty() ? null : Member.named(tag);
        }

        boolean isUnsettled(Instance instance) {
            InstanceStateName state =
                    instance.state() == null ? null : instance.state().name();
            return state == InstanceStateName.PENDING
                    || state == InstanceStateName.STOPPING
                    || state == InstanceStateName.SHUTTING_DOWN
                    || unsettled.contains(instance.instanceId());
        }

        private static boolean isOnItsWay(String lifecycle) {
            return lifecycle.startsWith("Pending")
                    || lifecycle.startsWith("Terminating")
                    || lifecycle.startsWith("Entering")
                    || lifecycle.startsWith("Detaching")
                    || lifecycle.startsWith("ReplacingRootVolume")
                    || lifecycle.equals("RootVolumeReplaced");
        }
    }

    private Set<String> groups(EventNews news, Sight sight) {
        var groups = new LinkedHashSet<>(news.groups());
        groups.addAll(fleet.known().groupsOf(news.templates()));
        for (Instance instance : sight.instances.values()) {
            groups.add(InstanceFingerprint.groupTag(instance));
        }
        for (String instance : news.instances()) {
            Member member = fleet.known().of(instance);
            groups.add(member == null ? "" : member.group());
            groups.add(news.groupOf().getOrDefault(instance, ""));
        }
        groups.remove("");
        return groups;
    }

    private Collection<String> neighbours(EventNews news, Sight sight) {
        var changed = new ArrayList<String>();
        sight.members.forEach((instance, member) -> {
            if (!news.instances().contains(instance)
                    && !sight.instances.containsKey(instance)
                    && fleet.known().isNews(instance, member)) {
                changed.add(instance);
            }
        });
        return changed;
    }

    private void tell(Instance instance, String userData, Sight sight, EventNews news, EventNews again, long order) {
        String id = instance.instanceId();
        if (InstanceFingerprint.terminated(instance)) {
            workloads(instance, news).forEach(workload -> teller.gone(id, workload, order));
            fleet.userData().forget(id);
            return;
        }
        Member member = sight.member(instance);
        WorkloadId before = fleet.known().knows(id) ? workload(id, fleet.known().of(id)) : null;
        WorkloadId now = teller.instance(instance, member, userData, order, null);
        if (before != null && !before.equals(now)) {
            // Attached or detached: it is another workload's from now on.
            teller.gone(id, before, order);
        }
        fleet.known().looked(id, member);
        if (sight.isUnsettled(instance)) {
            lookAgain(id, news, again);
        }
    }

    /// Where a terminated instance was: what was told last counts, but a list or a look may not
    /// have told it yet.
    private Set<WorkloadId> workloads(Instance instance, EventNews news) {
        String id = instance.instanceId();
        var workloads = new LinkedHashSet<WorkloadId>();
        if (fleet.known().knows(id)) {
            workloads.add(workload(id, fleet.known().of(id)));
        }
        String tag = InstanceFingerprint.groupTag(instance);
        String named = tag.isEmpty() ? news.groupOf().getOrDefault(id, "") : tag;
        if (!named.isEmpty()) {
            workloads.add(teller.group(named));
        }
        if (workloads.isEmpty()) {
            workloads.add(teller.standalone(id));
        }
        return workloads;
    }

    private WorkloadId workload(String instance, @Nullable Member member) {
        return member == null ? teller.standalone(instance) : teller.group(member.group());
    }

    /// Tells at once who was inside of instances that are known: it takes no look, and must not
    /// wait until AWS answers one.
    void touched(EventNews news) {
        for (EventNews.Touch touch : news.touches()) {
            if (fleet.known().knows(touch.instance())) {
                touched(touch, news, fleet.nextOrder());
            }
        }
    }

    private void touches(EventNews news, Sight sight, EventNews again, long order) {
        for (EventNews.Touch touch : news.touches()) {
            Instance instance = sight.instances.get(touch.instance());
            if (instance == null) {
                if (!news.told().containsKey(touch)) {
                    again.touches().add(touch);
                }
            } else if (!InstanceFingerprint.terminated(instance)) {
                touched(touch, news, order);
            }
        }
    }

    /// Once of a workload: an instance may be in another than was known when it was told.
    private void touched(EventNews.Touch touch, EventNews news, long order) {
        WorkloadId workload = workload(touch.instance(), fleet.known().of(touch.instance()));
        if (!workload.equals(news.told().put(touch, workload))) {
            Instant now = clock.instant();
            // A clock that is ahead must not hold for longer than was agreed.
            Instant at = touch.at() == null || touch.at().isAfter(now) ? now : touch.at();
            teller.touched(touch, workload, at, order);
        }
    }

    private static void lookAgain(String instance, EventNews news, EventNews again) {
        again.instances().add(instance);
        String group = news.groupOf().get(instance);
        if (group != null) {
            again.groupOf().put(instance, group);
        }
    }

    private void readable(Runnable tell) {
        try {
            tell.run();
        } catch (IllegalArgumentException e) {
            log.atWarn().addKeyValue("problem", e.getMessage()).log("unreadable object");
        }
    }
}
