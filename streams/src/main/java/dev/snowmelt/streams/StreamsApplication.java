package dev.snowmelt.streams;

import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import java.util.List;
import java.util.Map;

/// What sets one role apart from the others that run on Kafka Streams.
///
/// @param name the role in a word, for people: `detector`
/// @param id Streams' application id: consumer group, and prefix of its internal topics
/// @param delivery what becomes of a record when the process dies in the middle of it
/// @param topics what it reads and writes
/// @param keptAs one of them: the topics behind its stores get as many replicas, unless they exist
/// @param config settings of Streams and its clients that this role alone needs
public record StreamsApplication(
        String name,
        String id,
        Delivery delivery,
        List<Topic<?, ?>> topics,
        Topic<?, ?> keptAs,
        Map<String, Object> config) {
    /// Keeps copies.
    public StreamsApplication {
        topics = List.copyOf(topics);
        config = Map.copyOf(config);
    }

    /// With the name under the topics' prefix as its id.
    public static StreamsApplication of(
            Topics prefix,
            String name,
            Delivery delivery,
            List<Topic<?, ?>> topics,
            Topic<?, ?> keptAs,
            Map<String, Object> config) {
        return new StreamsApplication(name, prefix.id(name), delivery, topics, keptAs, config);
    }

    /// What it needs of the brokers.
    public BrokerChecks.Needs needs() {
        return new BrokerChecks.Needs(topics, delivery == Delivery.EXACTLY_ONCE);
    }
}
