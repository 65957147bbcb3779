package dev.snowmelt.remediator.execute;

import java.util.List;

/// Changes images in templates.
public interface TemplateRestorer {
    /// Asks the platform, without repeating any call by itself, to change these images in the
    /// template that was looked at, and nothing else. Returns within a bounded time.
    ///
    /// @param order what for: the same command may come again after a crash, under the same id
    /// @param permit was asked just now; to be asked again before each call that is not made at
    /// once
    Reply restore(Order.Restore order, LiveTemplate seen, List<ImageChange> changes, Permit permit);
}
