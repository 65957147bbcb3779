package dev.snowmelt.cli.kafka;

import com.google.protobuf.Timestamp;
import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.schemas.trust.SigningKey;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Proposal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Proposes to the registrar and waits for its answers. Whatever a command proposes is signed here.
public final class Proposer {
    /// How long a signature counts: longer than a registrar takes to come back.
    private static final Duration SIGNED_FOR = Duration.ofHours(1);

    private final Config.Kafka kafka;
    private final Topics topics;
    private final Optional<SigningKey> signer;
    private final InstantSource clock;

    /// Signs nothing: for brokers of our own.
    public Proposer(Config.Kafka kafka, InstantSource clock) {
        this(kafka, Optional.empty(), clock);
    }

    /// @param signer signs what is not signed yet; empty: nobody does
    public Proposer(Config.Kafka kafka, Optional<SigningKey> signer, InstantSource clock) {
        this.kafka = kafka;
        this.signer = signer;
        this.topics = kafka.topics();
        this.clock = clock;
    }

    /// Publishes in the order given and waits for every answer.
    ///
    /// @param wait for all answers together
    /// @return answers in the order of the proposals
    /// @throws CliException when the broker refuses, or an answer did not come in time
    public List<Answer> propose(List<Proposal> proposals, Duration wait) throws InterruptedException {
        return publish(proposals.stream().map(Wish::of).toList(), wait);
    }

    /// As [#propose], for proposals of which some are signed already.
    public List<Answer> publish(List<Wish> wishes, Duration wait) throws InterruptedException {
        Map<String, Object> config = new HashMap<>(kafka.client());
        config.put("bootstrap.servers", kafka.bootstrapServers());
        config.put("isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, topics.partitions())
                    .mapToObj(partition -> new TopicPartition(topics.answers().name(), partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            // The seek is lazy: it must be done before anything is proposed.
            partitions.forEach(consumer::position);
            return answers(consumer, send(wishes), wait);
        }
    }

    private List<RecordId> send(List<Wish> wishes) throws InterruptedException {
        String topic = topics.proposals().name();
        Map<String, Object> config = new HashMap<>(kafka.client());
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, wishes.size() == 1 ? 0 : 5);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Wish wish : wishes) {
                sent.add(producer.send(new ProducerRecord<>(topic, value(wish))));
            }
            List<RecordId> ids = new ArrayList<>();
            for (Future<RecordMetadata> each : sent) {
                RecordMetadata at = each.get();
                ids.add(new RecordId(at.partition(), at.offset()));
            }
            return ids;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CliException("Kafka did not take the proposal: " + cause.getMessage());
        }
    }

    private byte[] value(Wish wish) {
        return wish instanceof Wish.Plain(Proposal proposal) && signer.isPresent()
                ? SignedProposal.sign(expiring(proposal), signer.get()).line().getBytes(StandardCharsets.UTF_8)
                : wish.value();
    }

    /// To the nanosecond: the same proposed twice is two proposals.
    private Proposal expiring(Proposal proposal) {
        if (proposal.hasExpiresAt()) {
            return proposal;
        }
        Instant expires = clock.instant().plus(SIGNED_FOR);
        return proposal.toBuilder()
                .setExpiresAt(Timestamp.newBuilder()
                        .setSeconds(expires.getEpochSecond())
                        .setNanos(expires.getNano()))
                .build();
    }

    private List<Answer> answers(KafkaConsumer<byte[], byte[]> consumer, List<RecordId> ids, Duration wait) {
        Map<RecordId, Answer> answers = new LinkedHashMap<>();
        Instant deadline = clock.instant().plus(wait);
        Set<RecordId> wanted = new HashSet<>(ids);
        while (answers.size() < wanted.size()) {
            if (!clock.instant().isBefore(deadline)) {
                long missing =
                        ids.stream().filter(id -> !answers.containsKey(id)).count();
                throw new CliException(
                        "The registrar did not answer " + missing + " of " + ids.size() + " proposals within "
                                + DurationText.print(wait) + ".",
                        "They stay in " + topics.proposals().name()
                                + " and are decided as soon as 'snowmelt detect' runs; see --wait.");
            }
            consumer.poll(Duration.ofMillis(100))
                    .forEach(record -> read(record.key(), record.value(), wanted, answers));
        }
        return ids.stream()
                .map(id -> answers.getOrDefault(id, Answer.getDefaultInstance()))
                .toList();
    }

    private void read(byte[] key, byte[] value, Set<RecordId> ids, Map<RecordId, Answer> answers) {
        try {
            RecordId id = topics.answers()
                    .keySerde()
                    .deserializer()
                    .deserialize(topics.answers().name(), key);
            if (ids.contains(id)) {
                answers.put(
                        id,
                        topics.answers()
                                .valueSerde()
                                .deserializer()
                                .deserialize(topics.answers().name(), value));
            }
        } catch (SerializationException _) {
            // Somebody else's garbage; the answer that is waited for is not in it.
        }
    }
}
