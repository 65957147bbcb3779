package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Reply;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/// What is to be done about a group's launch template.
sealed interface Restore {
    /// How a launch template names a parameter of Systems Manager in place of an image.
    String PARAMETER = "resolve:";

    /// Make this version, and point the group at it.
    record Do(Changes.NewVersion version) implements Restore {}

    /// Nothing.
    record Dont(Reply why) implements Restore {}

    /// Reads all groups, because a new version of a launch template reaches everybody who follows `$Latest`.
    ///
    /// @throws Unanswered when the groups cannot be read
    static Restore plan(Looks looks, Order.Restore order, LiveTemplate seen, List<ImageChange> changes) {
        Set<String> images = changes.stream().map(ImageChange::to).collect(Collectors.toSet());
        if (images.size() != 1) {
            return rejected("nothing of " + order.workload() + " can be put right by one image");
        }
        Optional<String> parameter = changes.stream()
                .map(ImageChange::from)
                .filter(from -> from.startsWith(PARAMETER))
                .findFirst();
        if (parameter.isPresent()) {
            return rejected("its launch template takes the image from a parameter (" + parameter.get()
                    + "), which somebody sets elsewhere: change that, or name an image");
        }
        List<AutoScalingGroup> groups = looks.begin().groups();
        Optional<AutoScalingGroup> self = named(groups, order.workload().name());
        if (self.isEmpty() || !LaunchSpec.version(self.get()).equals(seen.version())) {
            return new Dont(
                    new Reply.Conflict("group " + order.workload().name() + " launches from something else now"));
        }
        Optional<String> never = LaunchSpec.unrestorable(self.get());
        if (never.isPresent()) {
            return rejected(never.get());
        }
        String[] used = seen.status().getTemplate().getId().split(":", -1);
        LaunchSource source = GroupFingerprint.sources(self.get()).getFirst();
        if (!(source instanceof LaunchTemplate template) || used.length != 2 || !used[1].matches("[0-9]{1,18}")) {
            return rejected("which version of its launch template group "
                    + order.workload().name() + " uses is not known");
        }
        return LaunchSpec.follower(groups, self.get(), used[0], template.name())
                .map(other -> rejected(
                        "group %s follows the newest version of %s ($Latest): a new version would change it too; give it a number, or a launch template of its own"
                                .formatted(other, used[0])))
                .orElseGet(() -> new Do(new Changes.NewVersion(
                        used[0], Long.parseLong(used[1]), images.iterator().next())));
    }

    private static Optional<AutoScalingGroup> named(List<AutoScalingGroup> groups, String name) {
        return groups.stream()
                .filter(group -> name.equals(group.autoScalingGroupName()))
                .findFirst();
    }

    private static Restore rejected(String why) {
        return new Dont(new Reply.Rejected(why));
    }
}
