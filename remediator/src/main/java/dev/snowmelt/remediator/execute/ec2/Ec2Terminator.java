package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Terminator;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/// Has Auto Scaling terminate instances of its groups, which keep their size and launch others.
///
/// Nothing else is ever terminated: the call that EC2 itself has for it is not used, and the right to it not asked for.
/// The call takes an id and no precondition; ids are never used twice.
final class Ec2Terminator implements Terminator {
    private final Changes changes;

    Ec2Terminator(Changes changes) {
        this.changes = changes;
    }

    /// Why it is not for Auto Scaling to terminate; null: it is.
    static Reply.@Nullable Rejected notInAGroup(InstanceId instance, LiveInstance seen) {
        WorkloadId owner = seen.owner();
        return owner != null && owner.kind().equals(WorkloadId.ASG)
                ? null
                : new Reply.Rejected(instance.name()
                        + " is in no Auto Scaling group: on EC2 only instances of groups are terminated");
    }

    @Override
    public Reply terminate(InstanceId instance, LiveInstance seen) {
        Reply.Rejected no = notInAGroup(instance, seen);
        if (no != null) {
            return no;
        }
        try {
            String activity = changes.terminate(instance.name());
            return new Reply.Accepted(activity.isEmpty() ? "terminates " + instance.name() : activity);
        } catch (SdkException e) {
            return Replies.toCall(AwsFault.of(Changes.TERMINATE, instance.name(), e));
        }
    }
}
