package dev.snowmelt.remediator.execute;

import java.util.List;

/// Restores nothing.
public final class DryRunTemplateRestorer implements TemplateRestorer {
    @Override
    public Reply restore(Order.Restore order, LiveTemplate seen, List<ImageChange> changes, Permit permit) {
        return new Reply.Withheld("dry run: would restore " + changes);
    }
}
