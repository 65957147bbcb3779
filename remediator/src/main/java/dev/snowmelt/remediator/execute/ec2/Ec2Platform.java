package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.schemas.id.TargetId;
import java.time.Duration;

/// What an executor can do in one account and region. The rights that it needs stand in `docs/ec2.md`.
public final class Ec2Platform {
    private Ec2Platform() {}

    /// @param clients for the target's account and region; the caller closes them
    /// @param lookTimeout how long all reads of one look may take together, repetitions included, for example 20 s
    /// @param callTimeout how long one call that changes something may take, for example 15 s
    public static Platform of(TargetId target, Ec2Clients clients, Duration lookTimeout, Duration callTimeout) {
        var looks = new Looks(clients.ec2(), clients.autoScaling(), lookTimeout);
        var changes = new Changes(clients.changingEc2(), clients.changingAutoScaling(), callTimeout);
        return new Platform(
                new Ec2Instances(target, looks),
                new Ec2Terminator(changes),
                new Ec2Templates(target, looks),
                new Ec2TemplateRestorer(looks, changes),
                new Platform.Rehearsal(new Ec2TerminatorRehearsal(), new Ec2RestorerRehearsal(looks, changes)));
    }
}
