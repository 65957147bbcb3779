package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.streams.StreamsSettings;

/// What the configuration says to every role that runs on Kafka Streams.
final class Streams {
    private Streams() {}

    static StreamsSettings settings(Config config) {
        return StreamsSettings.of(config.kafka().bootstrapServers(), config.stateDir())
                .withMember(config.member())
                .withKafka(config.kafka().client());
    }
}
