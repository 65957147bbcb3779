package dev.snowmelt.remediator.execute;

/// All that an executor can do in one target.
///
/// @param instances looks at instances
/// @param terminator terminates them
/// @param templates looks at templates
/// @param restorer changes them
public record Platform(Instances instances, Terminator terminator, Templates templates, TemplateRestorer restorer) {
    /// The same eyes without hands: every look is made, no call is.
    public Platform dryRun() {
        return new Platform(instances, new DryRunTerminator(), templates, new DryRunTemplateRestorer());
    }
}
