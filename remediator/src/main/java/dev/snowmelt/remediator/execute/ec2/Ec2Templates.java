package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.remediator.execute.Templates;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.util.Optional;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/// Looks at groups and the launch templates behind them.
final class Ec2Templates implements Templates {
    private final TargetId target;
    private final Looks looks;

    Ec2Templates(TargetId target, Looks looks) {
        this.target = target;
        this.looks = looks;
    }

    @Override
    public Sighting<LiveTemplate> look(WorkloadId workload) {
        if (!workload.kind().equals(WorkloadId.ASG)) {
            return new Sighting.Unseen<>(new Reply.Rejected("only Auto Scaling groups have a template to restore"));
        }
        try {
            Looks.Look look = looks.begin();
            Optional<AutoScalingGroup> group = look.group(workload.name());
            // An empty list is no proof that the group is gone.
            return group.isPresent()
                    ? seen(look, group.get())
                    : new Sighting.Unseen<>(Replies.notNow("Auto Scaling shows no group " + workload.name()));
        } catch (Unanswered e) {
            return new Sighting.Unseen<>(Replies.toLook(e.fault()));
        }
    }

    private Sighting<LiveTemplate> seen(Looks.Look look, AutoScalingGroup group) {
        Optional<String> never = LaunchSpec.unrestorable(group);
        if (never.isPresent()) {
            return new Sighting.Unseen<>(new Reply.Rejected(never.get()));
        }
        Launches launches = Launches.of(look, group);
        Optional<Reply.NotNow> obstacle = Obstacles.toChange(group, look.refreshes(group.autoScalingGroupName()));
        return new Sighting.Seen<>(new LiveTemplate(
                LaunchSpec.version(group),
                GroupFingerprint.status(target, group, launches),
                obstacle.orElse(null),
                launches.userData()));
    }
}
