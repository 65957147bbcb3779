package dev.snowmelt.detector.scan;

import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanState;
import dev.snowmelt.v1.ScanTally;

/// What a processor of the scanner passes on.
sealed interface Step {
    /// A scan that can be answered, to where its tallies come together.
    record Queue(ScanState scan) implements Step {}

    /// What the detector counted.
    record Counted(ScanTally tally) implements Step {}

    /// A report, to whom it may concern.
    record Report(RecordId scan, ScanReport report) implements Step {}

    /// An unreadable record.
    record Bury(DeadLetter letter) implements Step {}
}
