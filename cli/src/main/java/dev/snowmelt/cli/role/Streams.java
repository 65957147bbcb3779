package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.KafkaMeters;
import dev.snowmelt.cli.trace.RoleTracing;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;

/// What the configuration says to every role that runs on Kafka Streams.
final class Streams {
    private Streams() {}

    static StreamsSettings settings(Config config, MeterRegistry registry, RoleTracing tracing) {
        return StreamsSettings.of(config.kafka().bootstrapServers(), config.stateDir())
                .withMember(config.member())
                .withKafka(tracing.into(KafkaMeters.into(config.kafka().client(), registry)));
    }
}
