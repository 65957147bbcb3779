package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.TemplateRestorer;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateVersionResponse;

/// Puts the declared image into a new version of the group's launch template and points the group at that version, by
/// its number. Earlier versions stay, and no instance is replaced by it.
///
/// Two calls, of which the first changes nothing for a group that names a number; so the group is looked at once more
/// between them. The first carries the command's id as its token: the same command again makes no second version.
final class Ec2TemplateRestorer implements TemplateRestorer {
    private final Looks looks;
    private final Changes changes;

    Ec2TemplateRestorer(Looks looks, Changes changes) {
        this.looks = looks;
        this.changes = changes;
    }

    @Override
    public Reply restore(Order.Restore order, LiveTemplate seen, List<ImageChange> images) {
        try {
            return switch (Restore.plan(looks, order, seen, images)) {
                case Restore.Dont(var why) -> why;
                case Restore.Do(var version) -> restore(order, seen, version);
            };
        } catch (Unanswered e) {
            return Replies.toLook(e.fault());
        }
    }

    private Reply restore(Order.Restore order, LiveTemplate seen, Changes.NewVersion wanted) {
        CreateLaunchTemplateVersionResponse created;
        try {
            created = changes.createVersion(wanted, order.command().getId());
        } catch (SdkException e) {
            return Replies.toCall(AwsFault.of(Changes.CREATE_VERSION, wanted.launchTemplate(), e));
        }
        if (created.launchTemplateVersion() == null
                || created.launchTemplateVersion().versionNumber() == null) {
            return new Reply.EffectUnknown("EC2 does not say which version it made of " + wanted.launchTemplate());
        }
        long number = created.launchTemplateVersion().versionNumber();
        Optional<String> warning = warning(created);
        return warning.isPresent()
                ? new Reply.Rejected("EC2 warns of version %d of %s, so that nothing launches from it: %s"
                        .formatted(number, wanted.launchTemplate(), warning.get()))
                : point(order, seen, wanted, number);
    }

    private Reply point(Order.Restore order, LiveTemplate seen, Changes.NewVersion wanted, long number) {
        String name = order.workload().name();
        Optional<AutoScalingGroup> group = looks.begin().group(name);
        if (group.isEmpty() || !LaunchSpec.version(group.get()).equals(seen.version())) {
            return new Reply.Conflict(
                    "group %s launches from something else now; version %d of %s was made and is not used"
                            .formatted(name, number, wanted.launchTemplate()));
        }
        try {
            changes.point(group.get(), wanted.launchTemplate(), number);
            return new Reply.Accepted("group %s launches %s from version %d of %s; version %d is kept"
                    .formatted(name, wanted.image(), number, wanted.launchTemplate(), wanted.source()));
        } catch (SdkException e) {
            return Replies.toCall(AwsFault.of(Changes.UPDATE_GROUP, "group " + name, e));
        }
    }

    // "If the new version contains parameters that are not valid, an error code and message for each."
    private static Optional<String> warning(CreateLaunchTemplateVersionResponse created) {
        return created.warning() == null
                ? Optional.empty()
                : created.warning().errors().stream().findFirst().map(error -> error.code() + ": " + error.message());
    }
}
