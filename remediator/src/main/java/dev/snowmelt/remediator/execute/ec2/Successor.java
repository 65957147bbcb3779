package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.model.ImageState;

/// What a group would launch in an instance's place, and whether it could: a group whose launch
/// template or image is gone goes on terminating what it is asked to, and launches nothing.
///
/// @param template null: not known
/// @param userData of [Launches]
/// @param obstacle why nothing would be launched; empty: it would
record Successor(@Nullable Template template, Set<String> userData, Optional<Reply.NotNow> obstacle) {
    /// How ids of machine images begin. Whatever else stands for one (`resolve:ssm:…`) is for the
    /// judgement.
    private static final String AMI = "ami-";

    /// Asks for the group's launch template or configuration, and for the images that they name.
    ///
    /// @throws Unanswered when one of these cannot be asked for
    static Successor look(Looks.Look look, TargetId target, AutoScalingGroup group) {
        Launches launches;
        try {
            launches = Launches.of(look, group);
        } catch (Unanswered e) {
            if (Looks.notFound(e)) {
                return nothing(group, e.fault().sentence());
            }
            throw e;
        }
        WorkloadStatus status = GroupFingerprint.status(target, group, launches);
        if (!status.hasTemplate()) {
            return nothing(group, "AWS does not show what it launches from");
        }
        Template template = status.getTemplate();
        Set<String> images = images(template);
        return new Successor(
                template,
                launches.userData(),
                images.isEmpty()
                        ? Optional.empty()
                        : unavailable(group, images, look.imageStates(images)).map(Replies::notNowInGroup));
    }

    private static Successor nothing(AutoScalingGroup group, String why) {
        return new Successor(
                null,
                Set.of(),
                Optional.of(Replies.notNowInGroup(
                        "group %s would launch nothing: %s".formatted(group.autoScalingGroupName(), why))));
    }

    private static Set<String> images(Template template) {
        return template.getContainersList().stream()
                .map(Template.Container::getImage)
                .filter(image -> image.startsWith(AMI))
                .collect(Collectors.toSet());
    }

    /// Which of the images cannot be launched; empty: all can. Where there are several, which of
    /// them is launched next is Auto Scaling's choice.
    ///
    /// @param states of those that EC2 shows
    static Optional<String> unavailable(AutoScalingGroup group, Set<String> images, Map<String, String> states) {
        return images.stream()
                .sorted()
                .filter(image -> !ImageState.AVAILABLE.toString().equals(states.get(image)))
                .findFirst()
                .map(image -> "group %s would launch nothing from %s: %s"
                        .formatted(
                                group.autoScalingGroupName(),
                                image,
                                states.containsKey(image)
                                        ? "its state is " + states.get(image)
                                        : "EC2 does not show it, so it was deregistered or is not shared any more"));
    }
}
