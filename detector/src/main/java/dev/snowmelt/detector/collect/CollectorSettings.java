package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.TargetId;
import java.time.Duration;

/// How a target is collected, on whatever platform it is.
///
/// @param collector id of this collector in `collectors` and in snapshots: the same for all
/// replicas and over restarts
/// @param kind what sort of collector it is, told in `collectors`: `kubernetes`, `ec2`
/// @param resync time between two snapshots
/// @param confirmation time from a snapshot that was not believed to the next one
/// @param reuse how much older than a scan's request the snapshot may be that answers it
/// @param version Snowmelt's version, told in `collectors`
public record CollectorSettings(
        TargetId target,
        String collector,
        String kind,
        Duration resync,
        Duration confirmation,
        Reuse reuse,
        String version) {

    /// @throws IllegalArgumentException when a duration is not positive
    public CollectorSettings {
        if (!resync.isPositive() || !confirmation.isPositive()) {
            throw new IllegalArgumentException("resync and confirmation must be longer than nothing");
        }
    }

    /// The defaults: a snapshot every 10 minutes, confirmed after 30 s, and good for scans for 10
    /// s.
    public static CollectorSettings of(TargetId target, String kind, String version) {
        return new CollectorSettings(
                target,
                kind + "/" + target,
                kind,
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Reuse.of(Duration.ofSeconds(10)),
                version);
    }
}
