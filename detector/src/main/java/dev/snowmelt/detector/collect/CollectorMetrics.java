package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.v1.Observation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// The meters that every collector has. Tags are bounded: target, resource, and closed lists of
/// words.
public final class CollectorMetrics {
    private final MeterRegistry registry;
    private final String target;
    private final AtomicReference<Double> instances = new AtomicReference<>(Double.NaN);
    private final AtomicLong epoch = new AtomicLong();
    private final Timer acknowledged;
    private final Map<Source, Map<Observation.WhatCase, Counter>> records = new EnumMap<>(Source.class);

    CollectorMetrics(MeterRegistry registry, TargetId target) {
        this.registry = registry;
        this.target = target.toString();
        acknowledged = Timer.builder("snowmelt.collector.acknowledged")
                .description("Time from handing an observation to the producer to its acknowledgement")
                .tag("target", this.target)
                .register(registry);
        Gauge.builder("snowmelt.collector.instances", instances, AtomicReference::get)
                .description("Instances in the last believable snapshot")
                .tag("target", this.target)
                .register(registry);
        Gauge.builder("snowmelt.collector.epoch", epoch, AtomicLong::get)
                .description("Epoch of the lease that this process holds; 0: it holds none")
                .tag("target", this.target)
                .register(registry);
        for (Source source : Source.values()) {
            Map<Observation.WhatCase, Counter> byKind = new EnumMap<>(Observation.WhatCase.class);
            for (Observation.WhatCase what : Observation.WhatCase.values()) {
                byKind.put(what, recordCounter(source, what));
            }
            records.put(source, byKind);
        }
    }

    private Counter recordCounter(Source source, Observation.WhatCase what) {
        return Counter.builder("snowmelt.collector.records")
                .description("Observations written")
                .tags("target", target, "source", word(source), "what", word(what))
                .register(registry);
    }

    void record(Observation observation, Source source) {
        Map<Observation.WhatCase, Counter> byKind = records.get(source);
        Counter counter = byKind == null ? null : byKind.get(observation.getWhatCase());
        if (counter != null) {
            counter.increment();
        }
    }

    void acknowledged(long nanos) {
        acknowledged.record(nanos, TimeUnit.NANOSECONDS);
    }

    /// @param result `complete`, `unbelievable` or `failed`
    void snapshot(String result, Duration took) {
        Timer.builder("snowmelt.collector.snapshots")
                .description("Snapshots taken")
                .tags("target", target, "result", result)
                .register(registry)
                .record(took);
    }

    /// Something exists but could not be read.
    ///
    /// @param resource what it is, in the platform's words: one of a few
    public void unreadable(String resource) {
        Counter.builder("snowmelt.collector.unreadable")
                .description("Objects of the platform that could not be read")
                .tags("target", target, "resource", resource)
                .register(registry)
                .increment();
    }

    void scansAnswered(int count) {
        Counter.builder("snowmelt.collector.scans")
                .description("Scans that a snapshot answered")
                .tags("target", target)
                .register(registry)
                .increment(count);
    }

    void instances(long count) {
        instances.set((double) count);
    }

    /// The lease is another's: what this process saw last is no news any more.
    void instancesUnknown() {
        instances.set(Double.NaN);
    }

    void epoch(long held) {
        epoch.set(held);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
