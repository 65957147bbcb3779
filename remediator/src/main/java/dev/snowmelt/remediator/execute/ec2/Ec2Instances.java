package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.fingerprint.ec2.Member;
import dev.snowmelt.remediator.execute.Instances;
import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.remediator.execute.Spare;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.ImageFacet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingInstanceDetails;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/// Looks at instances: what their group says first, and what they run last, so that nothing but the
/// judgement stands between that and the call.
///
/// Gone is only what EC2 calls terminated or shutting down, or does not find while no group knows
/// it either.
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
            return member == null ? unowned(look, instance) : owned(look, instance, member);
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
            return notShown(instance);
        }
        Optional<Sighting<LiveInstance>> gone = gone(found.get());
        if (gone.isPresent()) {
            return gone.get();
        }
        String group = InstanceFingerprint.groupTag(found.get());
        return seen(
                found.get(),
                null,
                "",
                group.isEmpty()
                        ? null
                        : Replies.notNow("it bears the tag of group " + group + ", but Auto Scaling does not list it"),
                List.of());
    }

    private Sighting<LiveInstance> owned(Looks.Look look, InstanceId instance, AutoScalingInstanceDetails member) {
        String name = instance.name();
        Optional<AutoScalingGroup> group = look.group(member.autoScalingGroupName());
        if (group.isEmpty()) {
            return new Sighting.Unseen<>(
                    Replies.notNow("Auto Scaling lists %s in group %s, but does not show that group"
                            .formatted(name, member.autoScalingGroupName())));
        }
        Optional<Reply.NotNow> obstacle = Obstacles.toTerminate(
                member, group.get(), look.refreshes(member.autoScalingGroupName()), look.terminationProtected(name));
        WarmPool pool = obstacle.isEmpty() ? WarmPool.of(look, group.get()) : WarmPool.NONE;
        String userData = sha256(look.userData(name));
        // Last, and not found here is not gone: Auto Scaling lists it.
        Optional<Instance> found = look.instance(name);
        if (found.isEmpty()) {
            return notShown(instance);
        }
        return gone(found.get())
                .orElseGet(() -> seen(
                        found.get(),
                        Member.of(group.get(), name),
                        userData,
                        obstacle.or(pool::unknown).orElse(null),
                        pool.spares()));
    }

    private static Sighting<LiveInstance> notShown(InstanceId instance) {
        return new Sighting.Unseen<>(Replies.notNow("EC2 does not show " + instance.name()));
    }

    private static Optional<Sighting<LiveInstance>> gone(Instance found) {
        InstanceStateName state = found.state() == null ? null : found.state().name();
        return state == InstanceStateName.TERMINATED || state == InstanceStateName.SHUTTING_DOWN
                ? Optional.of(new Sighting.Gone<>("is " + state + " already"))
                : Optional.empty();
    }

    private Sighting<LiveInstance> seen(
            Instance found,
            @Nullable Member member,
            String userData,
            Reply.@Nullable NotNow notNow,
            List<Spare> spares) {
        ImageFacet image = InstanceFingerprint.imageFacet(found, member, userData);
        return new Sighting.Seen<>(
                new LiveInstance(InstanceFingerprint.workload(target, found, member), "", image, null, notNow, spares));
    }

    // What is no Base64 was not looked at: then it is for the judgement to say that it cannot tell.
    private static String sha256(@Nullable String base64) {
        try {
            return InstanceFingerprint.userDataSha256(base64);
        } catch (IllegalArgumentException _) {
            return "";
        }
    }
}
