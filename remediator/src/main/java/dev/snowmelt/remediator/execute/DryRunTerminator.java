package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.InstanceId;

/// Terminates nothing. It does not use the platforms' own dry runs either: what makes no call
/// cannot be misunderstood by any webhook or proxy, and needs no right to write.
public final class DryRunTerminator implements Terminator {
    @Override
    public Reply terminate(InstanceId instance, LiveInstance seen) {
        return new Reply.Withheld("dry run: would terminate " + instance.name());
    }
}
