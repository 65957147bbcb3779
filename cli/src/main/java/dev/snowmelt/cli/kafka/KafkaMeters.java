package dev.snowmelt.cli.kafka;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.jspecify.annotations.Nullable;

/// Shows a dozen of the hundreds of figures that every Kafka client and Kafka Streams keep of
/// themselves. Kafka makes one of these for each client, so it is told of every figure that comes
/// or goes and needs no thread that looks.
public final class KafkaMeters implements MetricsReporter {
    private static final String REPORTERS = "metric.reporters";
    private static final String REGISTRY = "snowmelt.meters";
    private static final String CLIENT = "client-id";
    private static final String THREAD = "thread-id";
    /// Streams puts one into its clients' names; it would make a new series at every start.
    private static final String PROCESS_ID = "-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=-|$)";

    private final Map<MetricName, Meter> meters = new ConcurrentHashMap<>();
    private @Nullable MeterRegistry registry;

    /// How one of Kafka's figures is shown.
    ///
    /// @param scale what Kafka's number is multiplied by
    private record Shown(
            String name, boolean counts, @Nullable String unit, double scale, String description) {}

    private static final Map<String, Shown> SHOWN = Map.ofEntries(
            Map.entry(
                    "consumer-fetch-manager-metrics/records-lag-max",
                    gauge("kafka.consumer.lag", null, 1, "Records that a client is behind, on its worst partition")),
            Map.entry(
                    "consumer-fetch-manager-metrics/records-consumed-total",
                    counter("kafka.consumer.records", "Records that a client has read")),
            Map.entry(
                    "consumer-coordinator-metrics/rebalance-total",
                    counter("kafka.consumer.rebalances", "Rebalances that a client took part in")),
            Map.entry(
                    "consumer-metrics/last-poll-seconds-ago",
                    gauge("kafka.consumer.poll.age", "seconds", 1, "Since a client last asked for records")),
            Map.entry(
                    "producer-metrics/record-send-total",
                    counter("kafka.producer.records", "Records that a client has sent")),
            Map.entry(
                    "producer-metrics/record-error-total",
                    counter("kafka.producer.errors", "Records that a client could not send")),
            Map.entry(
                    "producer-metrics/record-retry-total",
                    counter("kafka.producer.retries", "Sendings that a client repeated")),
            Map.entry(
                    "producer-metrics/request-latency-avg",
                    gauge(
                            "kafka.producer.latency",
                            "seconds",
                            1e-3,
                            "How long brokers take to acknowledge, on the average of the last 30 s")),
            Map.entry(
                    "stream-metrics/alive-stream-threads",
                    gauge("kafka.streams.threads", null, 1, "Threads of a role that work")),
            Map.entry(
                    "stream-metrics/failed-stream-threads",
                    counter("kafka.streams.failures", "Threads of a role that failed and were replaced")),
            Map.entry(
                    "stream-thread-metrics/process-total",
                    counter("kafka.streams.records", "Records that a thread of a role has processed")),
            Map.entry(
                    "stream-thread-metrics/commit-latency-avg",
                    gauge(
                            "kafka.streams.commit.latency",
                            "seconds",
                            1e-3,
                            "How long a commit takes, on the average of the last 30 s")));

    /// Made by Kafka.
    public KafkaMeters() {}

    /// Client settings with which a client shows its figures.
    ///
    /// @param client other settings
    public static Map<String, Object> into(Map<String, Object> client, MeterRegistry registry) {
        var config = new HashMap<>(client);
        config.merge(REPORTERS, KafkaMeters.class.getName(), (others, ours) -> others + "," + ours);
        config.put(REGISTRY, registry);
        return config;
    }

    private static Shown gauge(String name, @Nullable String unit, double scale, String description) {
        return new Shown(name, false, unit, scale, description);
    }

    private static Shown counter(String name, String description) {
        return new Shown(name, true, null, 1, description);
    }

    @Override
    public void configure(Map<String, ?> configs) {
        registry = configs.get(REGISTRY) instanceof MeterRegistry given ? given : null;
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        MetricName name = metric.metricName();
        Shown shown = SHOWN.get(name.group() + "/" + name.name());
        // What is told by partition or topic besides is not shown.
        boolean ofClient = Set.of(CLIENT, THREAD).containsAll(name.tags().keySet());
        MeterRegistry to = registry;
        if (shown != null && ofClient && to != null) {
            meters.computeIfAbsent(name, _ -> register(to, shown, metric));
        }
    }

    private static Meter register(MeterRegistry to, Shown shown, KafkaMetric metric) {
        ToDoubleFunction<KafkaMetric> value =
                read -> read.metricValue() instanceof Number number ? shown.scale() * number.doubleValue() : Double.NaN;
        var tags = metric.metricName().tags();
        Tags client = Tags.of("client", called(tags.getOrDefault(THREAD, tags.getOrDefault(CLIENT, ""))));
        return shown.counts()
                ? FunctionCounter.builder(shown.name(), metric, value)
                        .description(shown.description())
                        .tags(client)
                        .register(to)
                : Gauge.builder(shown.name(), metric, value)
                        .description(shown.description())
                        .baseUnit(shown.unit())
                        .tags(client)
                        .strongReference(true)
                        .register(to);
    }

    private static String called(String id) {
        return id.replaceAll(PROCESS_ID, "");
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        Meter meter = meters.remove(metric.metricName());
        if (meter != null && registry != null) {
            registry.remove(meter);
        }
    }

    @Override
    public void close() {
        MeterRegistry from = registry;
        if (from != null) {
            meters.values().forEach(from::remove);
        }
        meters.clear();
    }
}
