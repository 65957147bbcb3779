package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Terminator;
import dev.snowmelt.schemas.id.InstanceId;

/// Terminates nothing. Auto Scaling has no dry run, so the call itself is not tried.
final class Ec2TerminatorRehearsal implements Terminator {
    @Override
    public Reply terminate(InstanceId instance, LiveInstance seen) {
        Reply.Rejected no = Ec2Terminator.notInAGroup(instance, seen);
        return no != null
                ? no
                : new Reply.Withheld(
                        "dry run: would terminate %s in its group; Auto Scaling has no dry run, so whether %s is allowed was not tried"
                                .formatted(instance.name(), Changes.TERMINATE));
    }
}
