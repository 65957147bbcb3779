package dev.snowmelt.remediator.execute.ec2;

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
import software.amazon.awssdk.services.autoscaling.model.InstanceRefresh;

/// What is to be done about a group's launch template.
sealed interface Restore {
    /// How a launch template names a parameter of Systems Manager in place of an image.
    String PARAMETER = "resolve:";

    /// Make this version, and point the group at it.
    ///
    /// @param group as it was read
    /// @param standing what it launches from
    record Do(AutoScalingGroup group, Standing standing, NewVersion version) implements Restore {
        /// How the group names its version: a number, `$Latest` or `$Default`.
        String named() {
            return LaunchSpec.launchTemplate(group).map(LaunchTemplate::version).orElse("");
        }

        /// A new version is what it launches from as soon as there is one.
        boolean followsNewest() {
            return named().equals(LaunchTemplate.LATEST);
        }
    }

    /// Nothing.
    record Dont(Reply why) implements Restore {}

    /// Reads the image, so that no version is made of one from which nothing could be launched.
    /// Reads all groups, because a new version of a launch template reaches everybody who follows
    /// `$Latest`.
    ///
    /// @throws Unanswered when one of these cannot be read
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
            return movedOn(order.workload().name());
        }
        Optional<String> never = LaunchSpec.unrestorable(self.get());
        if (never.isPresent()) {
            return rejected(never.get());
        }
        String[] used = seen.status().getTemplate().getId().split(":", -1);
        if (LaunchSpec.launchTemplate(self.get()).isEmpty() || used.length != 2 || !used[1].matches("[0-9]{1,18}")) {
            return rejected("which version of its launch template group "
                    + order.workload().name() + " uses is not known");
        }
        String image = images.iterator().next();
        Optional<String> unavailable =
                Successor.unavailable(self.get(), images, looks.begin().imageStates(images));
        if (unavailable.isPresent()) {
            return new Dont(Replies.notNow(unavailable.get()));
        }
        long number = Long.parseLong(used[1]);
        return unlessFollowed(
                groups,
                new Do(
                        self.get(),
                        new Standing(used[0], number, LaunchSpec.rest(self.get())),
                        new NewVersion(
                                used[0],
                                number,
                                image,
                                order.command().getRevision(),
                                order.command().getId() + " of " + order.issuedAt())));
    }

    /// The same question right before the version is made, when the group must not follow the
    /// newest one any more.
    ///
    /// @throws Unanswered when it cannot be answered
    static Restore again(Looks looks, Do plan) {
        String name = plan.group().autoScalingGroupName();
        Looks.Look look = looks.begin();
        List<AutoScalingGroup> groups = look.groups();
        return named(groups, name)
                .map(self -> new Do(self, plan.standing(), plan.version()))
                .filter(found -> !found.followsNewest() && plan.standing().holds(look, found.group()))
                .map(found -> unlessFollowed(groups, found))
                .orElseGet(() -> movedOn(name));
    }

    /// Whether the group launches from the same as ever, right before it is changed, and no
    /// instance refresh began that would carry the change out at once.
    ///
    /// @throws Unanswered when that cannot be told
    static Restore unchanged(Looks looks, Do plan) {
        String name = plan.group().autoScalingGroupName();
        Looks.Look look = looks.begin();
        List<InstanceRefresh> refreshes = look.refreshes(name);
        return look.group(name)
                .filter(found -> plan.standing().holds(look, found))
                .map(found -> Obstacles.toChange(found, refreshes)
                        .<Restore>map(Dont::new)
                        .orElseGet(() -> new Do(found, plan.standing(), plan.version())))
                .orElseGet(() -> movedOn(name));
    }

    private static Restore unlessFollowed(List<AutoScalingGroup> groups, Do plan) {
        String launchTemplate = plan.standing().launchTemplate();
        String name = LaunchSpec.launchTemplate(plan.group())
                .map(LaunchTemplate::name)
                .orElse("");
        return LaunchSpec.follower(groups, plan.group(), launchTemplate, name)
                .map(other -> rejected(
                        "group %s follows the newest version of %s ($Latest): a new version would change it too; give it a number, or a launch template of its own"
                                .formatted(other, launchTemplate)))
                .orElse(plan);
    }

    private static Optional<AutoScalingGroup> named(List<AutoScalingGroup> groups, String name) {
        return groups.stream()
                .filter(group -> name.equals(group.autoScalingGroupName()))
                .findFirst();
    }

    private static Restore movedOn(String group) {
        return new Dont(new Reply.Conflict("group " + group + " launches from something else now"));
    }

    private static Restore rejected(String why) {
        return new Dont(new Reply.Rejected(why));
    }
}
