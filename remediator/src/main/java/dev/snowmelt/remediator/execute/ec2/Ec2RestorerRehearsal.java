package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.fingerprint.ec2.AwsFault.Kind;
import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Permit;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.TemplateRestorer;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;

/// Restores nothing, but has EC2 say whether it would let the new version be made, so that a
/// missing right shows. Auto Scaling has no dry run: whether the group could be pointed at it shows
/// only in earnest.
final class Ec2RestorerRehearsal implements TemplateRestorer {
    private final Looks looks;
    private final Changes changes;

    Ec2RestorerRehearsal(Looks looks, Changes changes) {
        this.looks = looks;
        this.changes = changes;
    }

    @Override
    public Reply restore(Order.Restore order, LiveTemplate seen, List<ImageChange> images, Permit permit) {
        try {
            return switch (Restore.plan(looks, order, seen, images)) {
                case Restore.Dont(var why) -> why;
                case Restore.Do plan -> rehearse(plan);
            };
        } catch (Unanswered e) {
            return Replies.toLook(e.fault());
        }
    }

    private Reply rehearse(Restore.Do plan) {
        NewVersion version = plan.version();
        try {
            changes.rehearseVersion(version);
        } catch (SdkException e) {
            AwsFault fault = AwsFault.of(Changes.CREATE_VERSION, version.launchTemplate(), e);
            return fault.kind() == Kind.WOULD_WORK
                    ? new Reply.Withheld(
                            "dry run: EC2 would make a version with %s%s; Auto Scaling has no dry run, so whether %s is allowed was not tried"
                                    .formatted(
                                            version.inWords(),
                                            plan.followsNewest()
                                                    ? ", after the group, which follows $Latest, was given its number"
                                                    : "",
                                            Changes.UPDATE_GROUP))
                    : Replies.toCall(fault);
        }
        return new Reply.EffectUnknown("asked for a dry run of %s, and was answered as if it had been carried out"
                .formatted(Changes.CREATE_VERSION));
    }
}
