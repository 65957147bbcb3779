package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The chart grants what docs/rbac.yaml grants, which the demo and the tests of the roles run with:
/// nothing more, nothing less.
class RightsTest {
    @Test
    void theChartGrantsWhatTheDocumentsSay() throws IOException {
        Map<String, Object> documented = grants(Manifests.read(Files.readString(Path.of("../docs/rbac.yaml"))));

        Map<String, Object> rendered = grants(Chart.render("minimal", "rbac: {restore: true}"));

        assertThat(rendered).isEqualTo(documented);
    }

    @Test
    void restoringIsAnOptIn() {
        Map<String, Object> withoutIt = grants(Chart.render("minimal"));

        assertThat(withoutIt.keySet())
                .noneMatch(name -> name.contains("restorer"))
                .isNotEmpty();
        assertThat(withoutIt.toString()).doesNotContain("patch", "delete");
    }

    @Test
    void whoOnlyLooksGetsNoRightToAct() {
        Manifests looking = Chart.render("minimal", "remediator: {enabled: false}");

        assertThat(grants(looking).keySet())
                .noneMatch(name -> name.contains("executor"))
                .isNotEmpty();
    }

    @Test
    void rightsCanBeKeptToTheNamespacesThatAreLookedAt() {
        Manifests narrow = Chart.render(
                "minimal", "{rbac: {clusterWide: false}, config: {kubernetes: {namespaces: [shop, web]}}}");

        assertThat(narrow.of(ClusterRole.class)).isEmpty();
        assertThat(narrow.of(ClusterRoleBinding.class)).isEmpty();
        assertThat(narrow.of(Role.class))
                .extracting(it ->
                        it.getMetadata().getNamespace() + "/" + it.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "shop/snowmelt-collector",
                        "web/snowmelt-collector",
                        "shop/snowmelt-executor",
                        "web/snowmelt-executor",
                        "snowmelt/snowmelt-collector-lease");
    }

    @Test
    void withoutAClusterNothingIsGranted() {
        assertThat(grants(Chart.render("ec2"))).isEmpty();
    }

    /// What matters of roles and bindings, by kind and name; and that the accounts of bindings
    /// exist.
    private static Map<String, Object> grants(Manifests manifests) {
        List<String> accounts = manifests
                .of(ServiceAccount.class)
                .map(it -> it.getMetadata().getName())
                .toList();
        Map<String, Object> grants = new TreeMap<>();
        manifests.all().stream()
                .filter(each -> !(each instanceof Namespace || each instanceof ServiceAccount))
                .forEach(each -> what(each).forEach(what -> grants.put(key(each), what)));
        Stream.concat(
                        manifests.of(RoleBinding.class).flatMap(it -> it.getSubjects().stream()),
                        manifests.of(ClusterRoleBinding.class).flatMap(it -> it.getSubjects().stream()))
                .forEach(subject -> assertThat(accounts).contains(subject.getName()));
        return grants;
    }

    private static String key(HasMetadata of) {
        return of.getKind() + " " + of.getMetadata().getNamespace() + "/"
                + of.getMetadata().getName();
    }

    private static Stream<Object> what(HasMetadata of) {
        return switch (of) {
            case ClusterRole it -> Stream.of(it.getRules());
            case Role it -> Stream.of(it.getRules());
            case ClusterRoleBinding it -> Stream.of(List.of(it.getRoleRef(), it.getSubjects()));
            case RoleBinding it -> Stream.of(List.of(it.getRoleRef(), it.getSubjects()));
            default -> Stream.empty();
        };
    }
}
