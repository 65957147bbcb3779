package dev.snowmelt.remediator.execute;

/// All that an executor can do in one target.
///
/// @param instances looks at instances
/// @param terminator terminates them
/// @param templates looks at templates
/// @param restorer changes them
/// @param rehearsal what a dry run does instead of terminating and changing
public record Platform(
        Instances instances,
        Terminator terminator,
        Templates templates,
        TemplateRestorer restorer,
        Rehearsal rehearsal) {
    /// A dry run makes no call at all.
    public Platform(Instances instances, Terminator terminator, Templates templates, TemplateRestorer restorer) {
        this(
                instances,
                terminator,
                templates,
                restorer,
                new Rehearsal(new DryRunTerminator(), new DryRunTemplateRestorer()));
    }

    /// Hands that change nothing.
    public record Rehearsal(Terminator terminator, TemplateRestorer restorer) {}

    /// The same eyes without hands: every look is made, nothing is changed.
    public Platform dryRun() {
        return new Platform(instances, rehearsal.terminator(), templates, rehearsal.restorer(), rehearsal);
    }
}
