package dev.snowmelt.cli.kafka;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.cli.config.Config;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/// Asks brokers beforehand whether this user may do what a part does. A role that finds out later has read, judged or
/// written a share of its work by then, and says it in a stack trace.
///
/// What brokers do not tell is left to the role: rights on topics that are not there yet.
public final class RightsCheck {
    private static final int CALL_TIMEOUT_MS = 5_000;
    /// Nothing is called so: it asks for a right on names that begin with something.
    private static final String ANY = "rights-check";

    private final Config.Kafka kafka;

    public RightsCheck(Config.Kafka kafka) {
        this.kafka = kafka;
    }

    /// What brokers said of the rights of one part.
    ///
    /// @param missing rights that this user lacks
    /// @param untold topics of which brokers do not say what this user may: they do not exist
    public record Rights(Part part, List<AclBinding> missing, Set<String> untold) {
        /// Names every missing right, and who shows how to grant it; empty: none is known to be missing.
        public Optional<String> problem() {
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("Kafka does not allow this user to "
                            + missing.stream().map(RightsCheck::words).collect(joining(", "))
                            + ". 'snowmelt topics acls --for " + part.word()
                            + "' shows the least rights and how to grant them.");
        }
    }

    /// @return a sentence for each part that lacks something, naming every right; empty: none is known to be missing
    public List<String> problems(Collection<Part> parts) throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MS);
        try (Admin admin = Admin.create(settings)) {
            return ask(admin, kafka.prefix(), parts).stream()
                    .flatMap(rights -> rights.problem().stream())
                    .toList();
        }
    }

    /// Asks by somebody's client.
    ///
    /// @param prefix what names of topics, groups and transactional ids begin with
    /// @return for each part, in their order
    public static List<Rights> ask(Admin admin, String prefix, Collection<Part> parts) throws InterruptedException {
        List<Rights> answers = new ArrayList<>();
        for (Part part : new TreeSet<>(parts)) {
            List<AclBinding> rights = part.rights(prefix, "User:");
            Map<String, Optional<Set<AclOperation>>> topics = ofTopics(admin, rights);
            var untold = new TreeSet<String>();
            topics.forEach((topic, may) -> {
                if (may.isEmpty()) {
                    untold.add(topic);
                }
            });
            answers.add(new Rights(part, missing(admin, rights, topics), untold));
        }
        return List.copyOf(answers);
    }

    private static String words(AclBinding right) {
        var pattern = right.pattern();
        String on = pattern.name() + (pattern.patternType() == PatternType.PREFIXED ? "*" : "");
        return right.entry().operation() + " the "
                + pattern.resourceType().name().replace('_', ' ').toLowerCase(Locale.ROOT) + " " + on;
    }

    private static List<AclBinding> missing(
            Admin admin, List<AclBinding> rights, Map<String, Optional<Set<AclOperation>>> topics)
            throws InterruptedException {
        List<AclBinding> missing = new ArrayList<>();
        for (AclBinding right : rights) {
            if (isMissing(admin, right, topics)) {
                missing.add(right);
            }
        }
        return missing;
    }

    private static boolean isMissing(Admin admin, AclBinding right, Map<String, Optional<Set<AclOperation>>> topics)
            throws InterruptedException {
        String name = right.pattern().name();
        boolean prefixed = right.pattern().patternType() == PatternType.PREFIXED;
        String example = prefixed ? name + ANY : name;
        return switch (right.pattern().resourceType()) {
            case GROUP ->
                refused(admin.describeConsumerGroups(List.of(example))
                        .describedGroups()
                        .get(example));
            case TRANSACTIONAL_ID ->
                refused(admin.describeTransactions(List.of(example)).description(example));
            case TOPIC -> {
                if (!prefixed) {
                    yield topics.getOrDefault(name, Optional.empty())
                            .filter(may -> !may.contains(right.entry().operation()))
                            .isPresent();
                }
                yield right.entry().operation() == AclOperation.CREATE
                        && refused(admin.createTopics(
                                        List.of(new NewTopic(example, Optional.of(1), Optional.empty())),
                                        new CreateTopicsOptions().validateOnly(true))
                                .all());
            }
            default -> false;
        };
    }

    /// What the user may do with each topic; nothing for a topic of which brokers do not tell.
    private static Map<String, Optional<Set<AclOperation>>> ofTopics(Admin admin, List<AclBinding> rights)
            throws InterruptedException {
        List<String> names = rights.stream()
                .map(AclBinding::pattern)
                .filter(pattern -> pattern.resourceType() == ResourceType.TOPIC)
                .filter(pattern -> pattern.patternType() == PatternType.LITERAL)
                .map(pattern -> pattern.name())
                .distinct()
                .toList();
        Map<String, Optional<Set<AclOperation>>> may = new TreeMap<>();
        var described = admin.describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        for (var topic : described.entrySet()) {
            try {
                may.put(
                        topic.getKey(),
                        Optional.ofNullable(topic.getValue().get().authorizedOperations()));
            } catch (ExecutionException e) {
                may.put(
                        topic.getKey(),
                        e.getCause() instanceof AuthorizationException ? Optional.of(Set.of()) : Optional.empty());
            }
        }
        return may;
    }

    private static boolean refused(@Nullable KafkaFuture<?> asked) throws InterruptedException {
        if (asked == null) {
            return false;
        }
        try {
            asked.get();
            return false;
        } catch (ExecutionException e) {
            // Whatever else it is, it is no lack of rights: nothing is called so.
            return e.getCause() instanceof AuthorizationException;
        }
    }
}
