package dev.snowmelt.detector.topology;

import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanReport.WorkloadCountOrBuilder;

/// What the counts of a scan come to and what they mean, for whoever counts, puts together and
/// shows them: what one of them left out would be a wrong "clean".
public final class Counts {
    private Counts() {}

    /// Adds to a total, which is of no workload and judged by no revision.
    public static void add(WorkloadCount.Builder total, WorkloadCountOrBuilder count) {
        total.setConformant(total.getConformant() + count.getConformant())
                .setOutdated(total.getOutdated() + count.getOutdated())
                .setDrifted(total.getDrifted() + count.getDrifted())
                .setUndeclared(total.getUndeclared() + count.getUndeclared())
                .setUnverified(total.getUnverified() + count.getUnverified())
                .setDrifts(total.getDrifts() || count.getDrifts())
                .setTemplatesUnresolved(total.getTemplatesUnresolved() + count.getTemplatesUnresolved());
    }

    /// A workload or one of its instances drifted or is outdated.
    public static boolean drifts(WorkloadCountOrBuilder count) {
        return count.getDrifted() > 0 || count.getOutdated() > 0 || count.getDrifts();
    }

    /// Of a workload or one of its instances it cannot be told yet.
    public static boolean untold(WorkloadCountOrBuilder count) {
        return count.getUnverified() > 0 || count.getTemplatesUnresolved() > 0;
    }
}
