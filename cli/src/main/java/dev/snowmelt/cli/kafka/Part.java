package dev.snowmelt.cli.kafka;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// Who comes to a broker that checks rights, and the least that each of them must be allowed.
///
/// READ and WRITE include DESCRIBE. A producer needs no right of its own to be idempotent.
@SuppressWarnings("ImmutableEnumChecker") // its lists come from List.of
public enum Part {
    /// `snowmelt topics create`
    TOPICS(List.of(), List.of(), List.of(), List.of()),
    /// `snowmelt collect kubernetes`
    COLLECT_KUBERNETES(List.of("scan.requests"), List.of("observations", "collectors"), List.of(), List.of()),
    /// `snowmelt collect`, also of AWS accounts, whose collectors agree by a group of readers who
    /// leads
    COLLECT(List.of(COLLECT_KUBERNETES), List.of("collectors"), List.of(), List.of("collector.*"), List.of()),
    /// `snowmelt detect`
    DETECT(
            List.of(
                    "proposals",
                    "observations",
                    "declarations",
                    "verdicts",
                    "scan.requests",
                    "scan.tallies",
                    "collectors"),
            List.of(
                    "answers",
                    "declarations",
                    "observations",
                    "overrides",
                    "verdicts",
                    "evidence",
                    "scan.tallies",
                    "scan.reports",
                    "dead.letters"),
            List.of(),
            List.of(
                    new Application("registrar", true, true, "declarations"),
                    new Application("detector", false, false, "declarations"),
                    new Application("scanner", true, true, "declarations"))),
    /// `snowmelt resolve`, also inside `detect` with `registry.enabled`
    RESOLVE(List.of("verdicts", "declarations"), List.of("proposals"), List.of("resolver"), List.of()),
    /// The executors of `snowmelt remediate`; all of it with `remediate.planner: false`
    EXECUTE(
            List.of("commands", "declarations", "overrides"),
            List.of("outcomes", "dead.letters"),
            List.of("executor-*"),
            List.of()),
    /// The planner of `snowmelt remediate`
    PLAN(
            List.of("verdicts", "overrides", "outcomes"),
            List.of("commands", "remediations", "evidence", "proposals", "dead.letters"),
            List.of(),
            List.of(new Application("planner", true, false, "remediations"))),
    /// `snowmelt remediate`
    REMEDIATE(List.of(EXECUTE, PLAN), List.of(), List.of(), List.of(), List.of()),
    /// `snowmelt declare`, `pause`, `resume`
    DECLARE(List.of("answers", "declarations"), List.of("proposals"), List.of(), List.of()),
    /// `snowmelt status`, `explain`
    STATUS(
            List.of("verdicts", "declarations", "remediations", "overrides", "collectors"),
            List.of(),
            List.of(),
            List.of()),
    /// `snowmelt scan`
    SCAN(List.of("scan.tallies", "scan.reports", "collectors"), List.of("scan.requests"), List.of(), List.of());

    /// A role on Kafka Streams: a group, topics behind its stores, and what it commits with.
    ///
    /// @param repartitions it hands records to itself through topics, and deletes there what it has
    /// read
    /// @param keptAs the topic whose replicas and `min.insync.replicas` its own topics get
    private record Application(String name, boolean exactlyOnce, boolean repartitions, String keptAs) {}

    private final List<Part> includes;
    private final List<String> reads;
    private final List<String> writes;
    private final List<String> groups;
    private final List<Application> applications;

    Part(List<String> reads, List<String> writes, List<String> groups, List<Application> applications) {
        this(List.of(), reads, writes, groups, applications);
    }

    /// @param includes parts whose rights it needs too
    Part(
            List<Part> includes,
            List<String> reads,
            List<String> writes,
            List<String> groups,
            List<Application> applications) {
        this.includes = includes;
        this.reads = reads;
        this.writes = writes;
        this.groups = groups;
        this.applications = applications;
    }

    /// As `--for` takes it.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// As `--for` takes it.
    @Override
    public String toString() {
        return word();
    }

    /// It needs what others need and nothing else.
    private boolean isSum() {
        return !includes.isEmpty() && reads.isEmpty() && writes.isEmpty() && groups.isEmpty() && applications.isEmpty();
    }

    /// The same rights by the fewest parts: whoever plans and executes remediates.
    public static Set<Part> together(Collection<Part> parts) {
        Set<Part> all = EnumSet.noneOf(Part.class);
        all.addAll(parts);
        for (Part part : values()) {
            if (part.isSum() && all.containsAll(part.includes)) {
                all.add(part);
            }
        }
        Set<Part> fewest = EnumSet.copyOf(all);
        all.forEach(part -> fewest.removeAll(part.includes));
        return fewest;
    }

    /// The least rights.
    ///
    /// @param prefix what names of topics, groups and transactional ids begin with
    /// @param principal as brokers see whoever does this: `User:snowmelt-detect`
    public List<AclBinding> rights(String prefix, String principal) {
        var rights = new Rights(prefix, principal);
        includes.forEach(part -> rights.all.addAll(part.rights(prefix, principal)));
        if (this == TOPICS) {
            rights.add(ResourceType.TOPIC, "*", AclOperation.CREATE);
            rights.add(ResourceType.TOPIC, "*", AclOperation.DESCRIBE);
            rights.add(ResourceType.TOPIC, "*", AclOperation.DESCRIBE_CONFIGS);
        }
        reads.forEach(topic -> rights.add(ResourceType.TOPIC, topic, AclOperation.READ));
        writes.forEach(topic -> rights.add(ResourceType.TOPIC, topic, AclOperation.WRITE));
        groups.forEach(group -> rights.add(ResourceType.GROUP, group, AclOperation.READ));
        applications.stream()
                .map(Application::keptAs)
                .distinct()
                .forEach(topic -> rights.add(ResourceType.TOPIC, topic, AclOperation.DESCRIBE_CONFIGS));
        applications.forEach(rights::add);
        return List.copyOf(rights.all);
    }

    private record Rights(String prefix, String principal, Set<AclBinding> all) {
        Rights(String prefix, String principal) {
            this(prefix, principal, new LinkedHashSet<>());
        }

        /// @param name without the prefix; with a star at its end, what begins with it
        void add(ResourceType type, String name, AclOperation operation) {
            boolean prefixed = name.endsWith("*");
            all.add(new AclBinding(
                    new ResourcePattern(
                            type,
                            prefix + (prefixed ? name.substring(0, name.length() - 1) : name),
                            prefixed ? PatternType.PREFIXED : PatternType.LITERAL),
                    new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
        }

        void add(Application application) {
            String internal = application.name() + "-*";
            add(ResourceType.GROUP, application.name(), AclOperation.READ);
            add(ResourceType.TOPIC, internal, AclOperation.CREATE);
            add(ResourceType.TOPIC, internal, AclOperation.READ);
            add(ResourceType.TOPIC, internal, AclOperation.WRITE);
            if (application.repartitions()) {
                add(ResourceType.TOPIC, internal, AclOperation.DELETE);
            }
            if (application.exactlyOnce()) {
                add(ResourceType.TRANSACTIONAL_ID, internal, AclOperation.WRITE);
            }
        }
    }
}
