package dev.snowmelt.schemas.topic;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeFeaturesOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// What a role makes sure of before it starts: Kafka answers, the topics it uses exist and have the
/// partitions they must have, and transactions are what exactly-once needs.
///
/// @param bootstrapServers `host:port` with commas
/// @param config further settings of the admin client (security); may be empty
public record BrokerChecks(String bootstrapServers, Map<String, Object> config) {
    /// KIP-890: with less, a commit that hangs can be completed by a later transaction of the same
    /// producer.
    public static final short TRANSACTION_VERSION = 2;

    private static final String TRANSACTION_FEATURE = "transaction.version";
    private static final int CALL_TIMEOUT_MS = 5_000;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /// What a role needs of the broker.
    ///
    /// @param topics topics it reads or writes
    /// @param transactions true: it commits with exactly-once
    public record Needs(Collection<Topic<?, ?>> topics, boolean transactions) {
        /// Keeps a copy.
        public Needs {
            topics = List.copyOf(topics);
        }

        /// What two roles of one process need together.
        public Needs and(Needs other) {
            var both = new LinkedHashMap<String, Topic<?, ?>>();
            topics.forEach(topic -> both.put(topic.name(), topic));
            other.topics.forEach(topic -> both.put(topic.name(), topic));
            return new Needs(both.values(), transactions || other.transactions);
        }
    }

    /// What one look at the broker found.
    public sealed interface Finding {
        /// Every problem, a sentence each.
        List<String> problems();
    }

    /// All is well.
    public record Ready() implements Finding {
        @Override
        public List<String> problems() {
            return List.of();
        }
    }

    /// It may come right by itself: Kafka does not answer, or topics are still to be created.
    public record NotYet(List<String> problems) implements Finding {}

    /// Only a person can mend it.
    public record Unfit(List<String> problems) implements Finding {}

    /// Looks until all is well.
    ///
    /// @param wait how long something that may come right by itself is waited for; zero: one look
    /// @param state told each sentence once when it becomes true, one line each
    /// @throws BrokerCheckException when only a person can mend it, or when the time is over
    public void await(Needs needs, Duration wait, InstantSource clock, Consumer<String> state)
            throws InterruptedException {
        Instant deadline = clock.instant().plus(wait);
        List<String> told = List.of();
        while (true) {
            Finding finding = look(needs);
            switch (finding) {
                case Ready _ -> {
                    return;
                }
                case Unfit unfit -> throw new BrokerCheckException(unfit.problems());
                case NotYet notYet -> {
                    if (!clock.instant().plus(RETRY).isBefore(deadline)) {
                        throw new BrokerCheckException(notYet.problems());
                    }
                    for (String problem : notYet.problems()) {
                        if (!told.contains(problem)) {
                            state.accept(problem);
                        }
                    }
                    told = notYet.problems();
                    Thread.sleep(RETRY);
                }
            }
        }
    }

    /// One look, at most about 5 s long.
    public Finding look(Needs needs) {
        Map<String, Object> settings = new HashMap<>(config);
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MS);
        // The constructor itself throws when no name of a server resolves.
        try (Admin admin = Admin.create(settings)) {
            return look(admin, needs);
        } catch (AuthenticationException e) {
            return new Unfit(List.of("Kafka at " + bootstrapServers + " refuses the connection (" + rootReason(e)
                    + "); check what kafka.propertiesFile and kafka.client say about security."));
        } catch (KafkaException e) {
            return new NotYet(List.of("Kafka at " + bootstrapServers + " does not answer (" + reason(e) + ")."));
        }
    }

    private static Finding look(Admin admin, Needs needs) {
        List<String> missing = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> descriptions = admin.describeTopics(
                        needs.topics().stream().<String>map(Topic::name).toList(),
                        new DescribeTopicsOptions().timeoutMs(CALL_TIMEOUT_MS))
                .topicNameValues();
        for (Topic<?, ?> topic : needs.topics()) {
            try {
                int partitions = AdminCalls.get(AdminCalls.about(topic.name(), descriptions))
                        .partitions()
                        .size();
                if (partitions != topic.partitions()) {
                    wrong.add(wrongPartitions(topic, partitions));
                }
            } catch (UnknownTopicOrPartitionException _) {
                missing.add(topic.name());
            } catch (TopicAuthorizationException _) {
                // Rights are looked at apart from this; nobody can use a topic that he may not see.
            }
        }
        if (needs.transactions()) {
            checkTransactions(admin, wrong);
        }
        if (!wrong.isEmpty()) {
            return new Unfit(List.copyOf(wrong));
        }
        return missing.isEmpty()
                ? new Ready()
                : new NotYet(List.of((missing.size() == 1 ? "Topic " : "Topics ") + String.join(", ", missing)
                        + (missing.size() == 1 ? " does" : " do") + " not exist; run 'snowmelt topics create'."));
    }

    private static String wrongPartitions(Topic<?, ?> topic, int partitions) {
        return "Topic " + topic.name() + " has " + partitions + " partitions, but " + topic.partitions()
                + " are needed, the same number for every topic; set kafka.partitions to " + partitions
                + " if all of them have that many, else recreate the topic.";
    }

    private static void checkTransactions(Admin admin, List<String> wrong) {
        FinalizedVersionRange range = AdminCalls.get(
                        admin.describeFeatures(new DescribeFeaturesOptions().timeoutMs(CALL_TIMEOUT_MS))
                                .featureMetadata())
                .finalizedFeatures()
                .get(TRANSACTION_FEATURE);
        short level = range == null ? 0 : range.maxVersionLevel();
        if (level < TRANSACTION_VERSION) {
            wrong.add("The brokers' feature " + TRANSACTION_FEATURE + " is at " + level + ", but " + TRANSACTION_VERSION
                    + " is needed, so that what is spent and what spends it are committed as one; run "
                    + "'kafka-features.sh upgrade --feature " + TRANSACTION_FEATURE + "=" + TRANSACTION_VERSION
                    + "' on Kafka 4.0 or later.");
        }
    }

    private static String rootReason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.lines().findFirst().orElse(message);
    }

    /// The client's own words for a timeout hold moments and counters, which would make every retry
    /// look new.
    private static String reason(KafkaException e) {
        if (e instanceof TimeoutException) {
            return "no answer within " + CALL_TIMEOUT_MS / 1000 + " s";
        }
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.lines().findFirst().orElse(message);
    }
}
