package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Permit;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.TemplateRestorer;
import java.util.List;

/// Puts the declared image into a new version of the group's launch template and points the group
/// at that version, by its number. Earlier versions stay, and no instance is replaced by it.
final class Ec2TemplateRestorer implements TemplateRestorer {
    private final Looks looks;
    private final Changes changes;
    private final UndoubtedVersions undoubted = new UndoubtedVersions();

    Ec2TemplateRestorer(Looks looks, Changes changes) {
        this.looks = looks;
        this.changes = changes;
    }

    @Override
    public Reply restore(Order.Restore order, LiveTemplate seen, List<ImageChange> images, Permit permit) {
        try {
            return switch (Restore.plan(looks, order, seen, images)) {
                case Restore.Dont(var why) -> why;
                case Restore.Do plan -> new Restoring(looks, changes, order, plan, permit, undoubted).carryOut();
            };
        } catch (Unanswered e) {
            return Replies.toLook(e.fault());
        }
    }
}
