package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.doctor.ClusterRights.Right;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
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
        return ClusterRights.documented().getOrDefault(role, java.util.List.of()).stream()
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
    void everyTopicOfARoleExistsAndEveryTopicHasAWriterOrReader() {
        var topics = new Topics("", 1);
        Set<String> names = topics.all().stream().<String>map(Topic::name).collect(toCollection(TreeSet::new));

        Set<String> used = Stream.of(ProcessRole.values())
                .flatMap(role -> Stream.concat(role.reads().stream(), role.writes().stream()))
                .collect(toCollection(TreeSet::new));

        assertThat(used).isEqualTo(names);
    }
}
