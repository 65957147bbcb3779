package dev.snowmelt.cli.doctor;

import dev.snowmelt.schemas.topic.Topics;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ListTopicsOptions;

/// Topics that nobody made by hand: those behind the stores of Snowmelt's roles, and the brokers' own log of
/// transactions. What roles remember stands in them alone.
final class InternalTopics {
    /// Without it no exactly-once role commits.
    static final String TRANSACTIONS = "__transaction_state";

    private static final List<String> ROLES = List.of("planner", "registrar", "detector", "scanner");

    private InternalTopics() {}

    /// Names of those that exist and that this user may see.
    static Set<String> existing(Brokers brokers, Topics topics) throws InterruptedException {
        Set<String> names = new TreeSet<>(Brokers.get(brokers.admin()
                .listTopics(
                        new ListTopicsOptions().timeoutMs(Brokers.CALL_MILLIS).listInternal(true))
                .names()));
        names.removeIf(behindStores(topics).negate().and(name -> !name.equals(TRANSACTIONS)));
        return names;
    }

    /// Kafka Streams' names: application id, store or operator, and what the topic is for.
    static Predicate<String> behindStores(Topics topics) {
        return Pattern.compile(
                        Pattern.quote(topics.id("")) + "(" + String.join("|", ROLES) + ")-.+-(changelog|repartition)")
                .asMatchPredicate();
    }
}
