package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.doctor.ClusterRights.Right;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.RightsCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.Test;

/// What the doctor asks for is what the documentation says, no more and no less.
class RightsTest {
    @Test
    void everyRoleOfAProcessIsDocumented() {
        assertThat(Stream.of(ProcessRole.values()).flatMap(role -> role.clusterRoles().stream()))
                .containsExactlyInAnyOrderElementsOf(ClusterRights.documented().keySet());
    }

    @Test
    void rightsAreThoseOfTheReadme() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        String rights = readme.substring(readme.indexOf("## The rights it needs"));

        assertThat(words("snowmelt-collector"))
                .containsExactlyInAnyOrder(
                        "list pods",
                        "watch pods",
                        "list statefulsets",
                        "watch statefulsets",
                        "list daemonsets",
                        "watch daemonsets",
                        "get deployments",
                        "list deployments",
                        "watch deployments",
                        "get replicasets",
                        "list replicasets",
                        "watch replicasets");
        assertThat(rights)
                .contains("list and watch pods, statefulsets, daemonsets; get, list and watch deployments and"
                        + " replicasets; create, get and update its Lease");
        assertThat(words("snowmelt-collector-lease"))
                .containsExactlyInAnyOrder("create leases", "get leases", "update leases");
        assertThat(words("snowmelt-executor"))
                .containsExactlyInAnyOrder(
                        "get pods",
                        "create pods/eviction",
                        "get deployments",
                        "get replicasets",
                        "get statefulsets",
                        "get daemonsets");
        assertThat(rights)
                .contains("get pods, deployments, replicasets, statefulsets, daemonsets; create `pods/eviction`");
        assertThat(words("snowmelt-restorer"))
                .hasSize(6)
                .allMatch(word -> word.matches("(get|patch) .*sets?|.*deployments"));
        assertThat(rights).contains("get and patch deployments, statefulsets, daemonsets");
    }

    private static Set<String> words(String role) {
        return ClusterRights.documented().getOrDefault(role, List.of()).stream()
                .map(Right::toString)
                .collect(toCollection(TreeSet::new));
    }

    /// To ask whether another call is allowed would be to make it: those stay unknown.
    @Test
    void everyDocumentedCallOfAwsThatOnlyLooksIsAskedForAndNoOther() {
        var documented = new TreeSet<String>();
        Stream.of(ProcessRole.values())
                .filter(role -> !role.policy().isEmpty())
                .forEach(role -> documented.addAll(IamActions.documented(role.policy())));

        assertThat(documented).containsAll(IamActions.probes().keySet());
        documented.removeAll(IamActions.probes().keySet());
        assertThat(documented).noneMatch(action -> action.matches(".*:(Describe|Get|List).*"));
    }

    @Test
    void whoDetectsAlsoProposesWhereRegistriesAreAsked() {
        Map<String, String> registries = Map.of("registry.enabled", "true");

        assertThat(asked(Map.of(), ProcessRole.DETECT)).containsExactly(Part.DETECT);
        assertThat(asked(registries, ProcessRole.DETECT)).containsExactly(Part.DETECT, Part.RESOLVE);
        assertThat(asked(registries, ProcessRole.COLLECT)).containsExactly(Part.COLLECT_KUBERNETES);
    }

    @Test
    void whoOnlyExecutesIsNotAskedForThePlannersRights() {
        assertThat(asked(Map.of(), ProcessRole.REMEDIATE)).containsExactly(Part.REMEDIATE);
        assertThat(asked(Map.of("remediate.planner", "false"), ProcessRole.REMEDIATE))
                .containsExactly(Part.EXECUTE);
    }

    @Test
    void onlyCollectorsOfAccountsAreAskedForTheirGroup() {
        assertThat(asked(Map.of("aws.target", "aws:123456789012:eu-west-1"), ProcessRole.COLLECT))
                .containsExactly(Part.COLLECT);
    }

    @Test
    void whoCollectsOnlyTheClusterOfAReleaseWatchesAccountsToo() {
        Map<String, String> accounts = Map.of("aws.target", "aws:123456789012:eu-west-1");
        Map<String, String> both = Map.of("aws.target", "aws:123456789012:eu-west-1", "kubernetes.target", "k8s:a");
        List<AclBinding> ofBoth = Part.COLLECT_KUBERNETES.rights("snowmelt.", RightsCheck.ASKING);
        List<AclBinding> ofAccounts = Part.COLLECT.rights("snowmelt.", RightsCheck.ASKING).stream()
                .filter(right -> !ofBoth.contains(right))
                .toList();

        assertThat(lacking(both, ofAccounts, ProcessRole.COLLECT)).containsExactly(Finding.Result.WARN);
        assertThat(lacking(both, ofBoth, ProcessRole.COLLECT)).containsExactly(Finding.Result.FAIL);
        assertThat(lacking(both, List.of(), ProcessRole.COLLECT)).containsExactly(Finding.Result.OK);
        assertThat(lacking(accounts, ofAccounts, ProcessRole.COLLECT)).containsExactly(Finding.Result.FAIL);
        assertThat(lacking(both, ofAccounts, ProcessRole.values()))
                .as("one process for everything collects accounts too")
                .containsExactly(Finding.Result.FAIL);
    }

    private static List<Finding.Result> lacking(
            Map<String, String> options, List<AclBinding> missing, ProcessRole... roles) {
        Config config = Config.load(null, Map.of(), options);
        try (var brokers = Brokers.of(config.kafka())) {
            return new AclFindings(brokers.admin(), config, Set.of(roles))
                    .of(List.of(new RightsCheck.Rights(Part.COLLECT, missing, Set.of()))).stream()
                            .map(Finding::result)
                            .toList();
        }
    }

    private static Set<Part> asked(Map<String, String> options, ProcessRole role) {
        Config config = Config.load(null, Map.of(), options);
        try (var brokers = Brokers.of(config.kafka())) {
            return new AclFindings(brokers.admin(), config, EnumSet.of(role)).parts();
        }
    }

    @Test
    void whoNamesARoleIsAskedForWhatThatRoleTouchesAndNoMore() {
        assertThat(Asked.of(List.of()).aboutClusters()).isTrue();
        assertThat(Asked.of(List.of()).aboutAws()).isTrue();
        assertThat(Asked.of(List.of()).byName()).isFalse();
        assertThat(Asked.of(List.of(ProcessRole.DETECT)).aboutClusters()).isFalse();
        assertThat(Asked.of(List.of(ProcessRole.DETECT)).aboutAws()).isFalse();
        assertThat(Asked.of(List.of(ProcessRole.DETECT)).byName()).isTrue();
        assertThat(Asked.of(List.of(ProcessRole.DETECT, ProcessRole.COLLECT)).aboutAws())
                .isTrue();
    }

    /// Settings are one file for all pods; keys are mounted where they are used.
    @Test
    void keysAreLookedForWhereTheyAreUsed() {
        Map<String, String> options = Map.of("trust.keys", "gone.pem", "trust.signingKey", "gone.key");

        assertThat(local(options, ProcessRole.COLLECT)).isEmpty();
        assertThat(local(options, ProcessRole.REMEDIATE)).containsExactly("state");
        assertThat(local(options, ProcessRole.DETECT)).containsExactly("trust.keys", "state");
        assertThat(local(options)).containsExactly("trust.keys", "trust.signingKey", "state");
        var asking = new HashMap<>(options);
        asking.put("registry.enabled", "true");
        assertThat(local(asking, ProcessRole.DETECT)).containsExactly("trust.keys", "trust.signingKey", "state");
    }

    private static List<String> local(Map<String, String> options, ProcessRole... roles) {
        List<String> checks = new ArrayList<>();
        new LocalExamination(Config.load(null, Map.of(), options), Asked.of(List.of(roles)))
                .look(finding -> checks.add(finding.check()));
        return checks;
    }
}
