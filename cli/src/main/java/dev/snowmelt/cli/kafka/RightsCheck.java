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
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;

/// Asks brokers beforehand whether this user may do what a part does. A role that finds out later
/// has read, judged or written a share of its work by then, and says it in a stack trace.
///
/// What brokers do not tell is left to the role: rights on topics that are not there yet, and
/// whether somebody who may describe a group that is not there yet, or a transactional id, may also
/// read or write it.
public final class RightsCheck {
    /// Principal of the rights that are asked for: brokers know who asks.
    public static final String ASKING = "User:";

    private static final int CALL_TIMEOUT_MS = 5_000;

    private final Config.Kafka kafka;

    public RightsCheck(Config.Kafka kafka) {
        this.kafka = kafka;
    }

    /// What brokers said of the rights of one part.
    ///
    /// @param missing rights that this user lacks
    /// @param untold topics of which brokers do not say what this user may: they do not exist
    public record Rights(Part part, List<AclBinding> missing, Set<String> untold) {
        /// Names every missing right without which the part does not work, and who shows how to
        /// grant it; empty: none is known to be missing.
        public Optional<String> problem() {
            return said(missing.stream().filter(right -> !isAdvisory(right)).toList());
        }

        /// Names every missing right without which it works, but not as well; empty: none is known
        /// to be missing.
        public Optional<String> advice() {
            return said(missing.stream().filter(RightsCheck::isAdvisory).toList())
                    .map(said -> said + " Until then topics that the role makes behind its stores take the brokers'"
                            + " default of min.insync.replicas.");
        }

        private Optional<String> said(List<AclBinding> rights) {
            return rights.isEmpty()
                    ? Optional.empty()
                    : Optional.of("Kafka does not allow this user to "
                            + rights.stream().map(RightsCheck::words).collect(joining(", "))
                            + ". 'snowmelt topics acls --for " + part.word()
                            + "' shows the least rights and how to grant them.");
        }
    }

    /// How a topic is kept is asked so that others are kept alike: ACLs of before that was asked
    /// must not stop a role.
    private static boolean isAdvisory(AclBinding right) {
        return right.entry().operation() == AclOperation.DESCRIBE_CONFIGS
                && right.pattern().patternType() == PatternType.LITERAL;
    }

    /// @return a sentence for each part that does not work without what it lacks, naming every
    /// right; empty: none is known to be missing
    public List<String> problems(Collection<Part> parts) throws InterruptedException {
        return ask(parts).stream().flatMap(rights -> rights.problem().stream()).toList();
    }

    /// @return for each part, in their order
    public List<Rights> ask(Collection<Part> parts) throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_TIMEOUT_MS);
        try (Admin admin = Admin.create(settings)) {
            return ask(admin, kafka.prefix(), parts);
        }
    }

    /// Asks by somebody's client.
    ///
    /// @param prefix what names of topics, groups and transactional ids begin with
    /// @return for each part, in their order
    public static List<Rights> ask(Admin admin, String prefix, Collection<Part> parts) throws InterruptedException {
        List<Rights> answers = new ArrayList<>();
        for (Part part : new TreeSet<>(parts)) {
            List<AclBinding> rights = part.rights(prefix, ASKING);
            ToldRights told = ToldRights.of(admin, rights);
            List<AclBinding> missing = new ArrayList<>();
            for (AclBinding right : rights) {
                if (told.isMissing(right)) {
                    missing.add(right);
                }
            }
            answers.add(new Rights(part, missing, told.untold()));
        }
        return List.copyOf(answers);
    }

    private static String words(AclBinding right) {
        var pattern = right.pattern();
        String on = pattern.name() + (pattern.patternType() == PatternType.PREFIXED ? "*" : "");
        return right.entry().operation() + " the "
                + pattern.resourceType().name().replace('_', ' ').toLowerCase(Locale.ROOT) + " " + on;
    }
}
