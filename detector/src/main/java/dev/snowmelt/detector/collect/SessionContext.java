package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.CollectorStatus;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;

/// What a session works with.
///
/// @param epoch the leadership's epoch, at least 1
/// @param lastStatus what was last said of the target; empty message: nothing
/// @param snapshotIds each above every one before it in the target
/// @param scans those that wait for an answer: outlive sessions
/// @param tracing where the ways of changes begin
record SessionContext(
        CollectorSettings settings,
        Platform platform,
        Producer<byte[], byte[]> producer,
        Topics topics,
        InstantSource clock,
        CollectorMetrics metrics,
        Problems problems,
        Leadership lease,
        long epoch,
        CollectorStatus lastStatus,
        LongSupplier snapshotIds,
        PendingScans scans,
        Tracing tracing) {}
