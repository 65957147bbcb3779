package dev.snowmelt.cli.doctor;

import dev.snowmelt.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;

/// What this user may do with the topics, as far as brokers say it (`includeAuthorizedOperations`).
///
/// @param registry `registry.enabled`: who detects asks registries too
record AclFindings(Brokers brokers, Topics topics, Set<ProcessRole> roles, boolean registry) {
    private static final String CHECK = "kafka.acls";

    void look(Consumer<Finding> tell) throws InterruptedException {
        Brokers.tryTo(CHECK, tell, () -> ofTopics(tell));
        if (roles.contains(ProcessRole.DETECT) || roles.contains(ProcessRole.REMEDIATE)) {
            Brokers.tryTo(CHECK + ".internal", tell, () -> ofInternalTopics(tell));
        }
    }

    private void ofTopics(Consumer<Finding> tell) throws InterruptedException {
        Map<String, Set<AclOperation>> needs = needs();
        Map<String, KafkaException> refused = new HashMap<>();
        Map<String, TopicDescription> described = Brokers.each(
                brokers.admin()
                        .describeTopics(
                                needs.keySet(),
                                new DescribeTopicsOptions()
                                        .timeoutMs(Brokers.CALL_MILLIS)
                                        .includeAuthorizedOperations(true))
                        .topicNameValues(),
                refused);
        List<String> lacking = new ArrayList<>();
        int untold = 0;
        for (var need : needs.entrySet()) {
            TopicDescription topic = described.get(need.getKey());
            if (topic == null || topic.authorizedOperations() == null) {
                untold++;
                continue;
            }
            var missing = new TreeSet<>(need.getValue());
            missing.removeAll(topic.authorizedOperations());
            if (!missing.isEmpty() && !topic.authorizedOperations().contains(AclOperation.ALL)) {
                lacking.add(missing + " on " + need.getKey());
            }
        }
        if (!lacking.isEmpty()) {
            tell.accept(Finding.fail(
                    CHECK,
                    "this user lacks " + String.join(", ", lacking),
                    "add the ACLs; if it is the user of one role only, say which: --role " + names().getFirst()));
        }
        if (untold > 0) {
            tell.accept(Finding.skipped(
                    CHECK,
                    "of " + untold + " of " + needs.size()
                            + " topics brokers do not say what this user may: they do not"
                            + " exist, or may not be described"));
        }
        if (lacking.isEmpty() && untold < needs.size()) {
            tell.accept(Finding.ok(
                    CHECK,
                    "this user may read and write what " + String.join(", ", names()) + " needs, on "
                            + (needs.size() - untold) + " topics"));
        }
    }

    private List<String> names() {
        return roles.stream().map(role -> role.name().toLowerCase(Locale.ROOT)).toList();
    }

    /// Topics with what must be allowed there.
    Map<String, Set<AclOperation>> needs() {
        Map<String, Set<AclOperation>> needs = new TreeMap<>();
        for (ProcessRole role : roles) {
            need(needs, role.reads(), AclOperation.READ);
            need(needs, role.writes(), AclOperation.WRITE);
        }
        if (registry && roles.contains(ProcessRole.DETECT)) {
            need(needs, ProcessRole.RESOLVER_READS, AclOperation.READ);
            need(needs, ProcessRole.RESOLVER_WRITES, AclOperation.WRITE);
        }
        return needs;
    }

    private void need(Map<String, Set<AclOperation>> needs, List<String> names, AclOperation operation) {
        names.forEach(name ->
                needs.computeIfAbsent(topics.id(name), _ -> new TreeSet<>()).add(operation));
    }

    /// Changelogs are created by the roles: with CREATE on the cluster, or on topics of the prefix, which does not
    /// show.
    private void ofInternalTopics(Consumer<Finding> tell) throws InterruptedException {
        Set<AclOperation> may = Brokers.get(brokers.admin()
                .describeCluster(new DescribeClusterOptions()
                        .timeoutMs(Brokers.CALL_MILLIS)
                        .includeAuthorizedOperations(true))
                .authorizedOperations());
        if (may != null && (may.contains(AclOperation.CREATE) || may.contains(AclOperation.ALL))) {
            tell.accept(Finding.ok(CHECK + ".internal", "this user may create the topics behind the stores"));
        } else {
            tell.accept(Finding.skipped(
                    CHECK + ".internal",
                    "a right to create topics named " + topics.id("") + "* (changelogs) or to use transactional ids"
                            + " of that prefix cannot be asked for: roles say so when they start"));
        }
    }
}
