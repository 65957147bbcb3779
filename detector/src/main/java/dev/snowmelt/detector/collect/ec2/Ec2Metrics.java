package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.schemas.id.TargetId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/// The meters that only a collector of EC2 has.
final class Ec2Metrics {
    private final MeterRegistry registry;
    private final String target;

    Ec2Metrics(MeterRegistry registry, TargetId target) {
        this.registry = registry;
        this.target = target.toString();
    }

    /// @param action IAM action: one of a dozen
    void call(String action) {
        Counter.builder("snowmelt.collector.aws.calls")
                .description("Calls to AWS, repetitions by the SDK not counted")
                .tags("target", target, "action", action)
                .register(registry)
                .increment();
    }

    void failed(String action, AwsFault.Kind kind) {
        Counter.builder("snowmelt.collector.aws.faults")
                .description("Calls to AWS that failed")
                .tags("target", target, "action", action, "kind", word(kind))
                .register(registry)
                .increment();
    }

    /// @param kind `change`, `touch`, `untold` (a touch of instances that are not named),
    /// `nothing`, or why the message is left on the queue
    void message(String kind) {
        Counter.builder("snowmelt.collector.messages")
                .description("Messages that the queue gave; those that could not be used count once each")
                .tags("target", target, "kind", kind)
                .register(registry)
                .increment();
    }

    /// @param sinceEvent from the first message's arrival to the acknowledgement of what it led to
    void looked(Duration sinceEvent) {
        Timer.builder("snowmelt.collector.looks")
                .description("Looks at what events named, from the first event's arrival to the last acknowledgement")
                .tags("target", target)
                .register(registry)
                .record(sinceEvent);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
