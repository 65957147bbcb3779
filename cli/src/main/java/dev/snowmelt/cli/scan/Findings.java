package dev.snowmelt.cli.scan;

import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.detector.topology.Counts;
import dev.snowmelt.v1.ScanReport;

/// What a report's counts mean.
public final class Findings {
    private Findings() {}

    /// Nothing is wrong with a workload, and nothing is unknown.
    static boolean none(ScanReport.WorkloadCount count) {
        return !drifted(count) && count.getUndeclared() == 0 && !Counts.untold(count);
    }

    /// A workload or one of its instances drifted or is outdated.
    static boolean drifted(ScanReport.WorkloadCount count) {
        return Counts.drifts(count);
    }

    /// Instances in all states together.
    static int instances(ScanReport.WorkloadCount count) {
        return count.getConformant()
                + count.getOutdated()
                + count.getDrifted()
                + count.getUndeclared()
                + count.getUnverified();
    }

    /// What the command exits with. A result that this version does not know is not clean.
    public static int exitCode(ScanReport report) {
        return switch (report.getResult()) {
            case CLEAN -> ExitCode.OK;
            case DRIFT -> ExitCode.DRIFT;
            case INCOMPLETE, RESULT_UNSPECIFIED, UNRECOGNIZED -> ExitCode.INCOMPLETE;
        };
    }
}
