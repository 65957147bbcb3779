package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.fingerprint.ec2.Member;
import dev.snowmelt.remediator.execute.Instances;
import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.LiveInstance.Next;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingInstanceDetails;
import software.amazon.awssdk.services.autoscaling.model.InstanceRefresh;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/// Looks at instances: first what would come in their place, then what they run and what speaks
/// against their end, and last what Auto Scaling says of them, so that nothing but the judgement
/// stands between that and the call.
///
/// Gone is only what EC2 calls terminated or shutting down, what Auto Scaling terminates (be it
/// that a lifecycle hook makes it wait) where no warm pool takes it back, or what EC2 does not find
/// while no group knows it either.
final class Ec2Instances implements Instances {
    private final TargetId target;
    private final Looks looks;

    Ec2Instances(TargetId target, Looks looks) {
        this.target = target;
        this.looks = looks;
    }

    @Override
    public Sighting<LiveInstance> look(InstanceId instance) {
        try {
            Looks.Look look = looks.begin();
            AutoScalingInstanceDetails member = look.member(instance.name());
            if (member == null) {
                return unowned(look, instance);
            }
            return owned(look, instance, member);
        } catch (Unanswered e) {
            return new Sighting.Unseen<>(Replies.toLook(e.fault()));
        }
    }

    private Sighting<LiveInstance> unowned(Looks.Look look, InstanceId instance) {
        Optional<Instance> found;
        try {
            found = look.instance(instance.name());
        } catch (Unanswered e) {
            if (Looks.notFound(e)) {
                return new Sighting.Gone<>(e.fault().message());
            }
            throw e;
        }
        if (found.isEmpty()) {
            return unseen("EC2 does not show " + instance.name());
        }
        Optional<Sighting<LiveInstance>> gone = gone(found.get());
        if (gone.isPresent()) {
            return gone.get();
        }
        String group = InstanceFingerprint.groupTag(found.get());
        Reply.NotNow notNow = group.isEmpty()
                ? null
                : Replies.notNow("it bears the tag of group " + group + ", but Auto Scaling does not list it");
        return new Sighting.Seen<>(live(found.get(), null, "", notNow, Next.NOT_ASKED, Duration.ZERO));
    }

    private Sighting<LiveInstance> owned(Looks.Look look, InstanceId instance, AutoScalingInstanceDetails listed) {
        String name = instance.name();
        String groupName = listed.autoScalingGroupName();
        Optional<AutoScalingGroup> group = look.group(groupName);
        if (group.isEmpty()) {
            return unseen("Auto Scaling lists %s in group %s, but does not show that group".formatted(name, groupName));
        }
        Optional<Sighting<LiveInstance>> left = leaving(listed, group.get());
        if (left.isPresent()) {
            return left.get();
        }
        Successor successor = Successor.look(look, target, group.get());
        WarmPool pool = WarmPool.of(look, group.get());
        String userData = Launches.sha256(look.userData(name));
        // From here on what anybody may change at any moment. The group is read once more: what it launches from had to
        // be known before.
        long since = System.nanoTime();
        List<InstanceRefresh> refreshes = look.refreshes(groupName);
        Boolean terminationProtected = look.terminationProtected(name);
        // Not found here is not gone: Auto Scaling lists it.
        Optional<Instance> found = look.instance(name);
        if (found.isEmpty()) {
            return unseen("EC2 does not show " + name);
        }
        Optional<Sighting<LiveInstance>> gone = gone(found.get());
        if (gone.isPresent()) {
            return gone.get();
        }
        Optional<AutoScalingGroup> now = look.group(groupName);
        if (now.isEmpty() || !LaunchSpec.version(now.get()).equals(LaunchSpec.version(group.get()))) {
            return unseen("group %s launches from something else now".formatted(groupName));
        }
        AutoScalingInstanceDetails member = look.member(name);
        if (member == null || !groupName.equals(member.autoScalingGroupName())) {
            return unseen("%s leaves group %s at this moment".formatted(name, groupName));
        }
        Optional<Sighting<LiveInstance>> leaving = leaving(member, now.get());
        if (leaving.isPresent()) {
            return leaving.get();
        }
        Optional<Reply.NotNow> obstacle = Obstacles.toTerminate(member, now.get(), refreshes, terminationProtected)
                .or(successor::obstacle)
                .or(pool::unknown);
        return new Sighting.Seen<>(live(
                found.get(),
                Member.of(now.get(), name),
                userData,
                obstacle.orElse(null),
                new Next(successor.template(), successor.userData(), pool.spares()),
                Duration.ofNanos(System.nanoTime() - since)));
    }

    private static Sighting<LiveInstance> unseen(String why) {
        return new Sighting.Unseen<>(Replies.notNow(why));
    }

    private static Optional<Sighting<LiveInstance>> gone(Instance found) {
        InstanceStateName state = found.state() == null ? null : found.state().name();
        return state == InstanceStateName.TERMINATED || state == InstanceStateName.SHUTTING_DOWN
                ? Optional.of(new Sighting.Gone<>("is " + state + " already"))
                : Optional.empty();
    }

    // Whoever asked for it, this executor before it crashed perhaps: a termination is never called off, and while a
    // hook
    // makes it wait EC2 says that the instance runs. That nothing was done would free its slot. But what a warm pool
    // takes back ends there and not at all, and may come into service again.
    private static Optional<Sighting<LiveInstance>> leaving(AutoScalingInstanceDetails member, AutoScalingGroup group) {
        if (!Obstacles.isTerminating(member)) {
            return Optional.empty();
        }
        String state = String.valueOf(member.lifecycleState());
        return Optional.of(Obstacles.backIntoWarmPool(group)
                .filter(_ -> state.startsWith("Terminating"))
                .<Sighting<LiveInstance>>map(why -> new Sighting.Unseen<>(Replies.notNowInGroup(why)))
                .orElseGet(() -> new Sighting.Gone<>("is on its way out already (%s)".formatted(state))));
    }

    private LiveInstance live(
            Instance found,
            @Nullable Member member,
            String userData,
            Reply.@Nullable NotNow notNow,
            Next next,
            Duration age) {
        return new LiveInstance(
                InstanceFingerprint.workload(target, found, member),
                "",
                InstanceFingerprint.imageFacet(found, member, userData),
                null,
                notNow,
                next,
                age);
    }
}
