package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// An API server takes what is rendered: applied on the server's side, as a dry run that stores
/// nothing but the namespace. `SNOWMELT_TEST_KUBECONFIG` names a cluster on which the current
/// context may create namespaces and cluster roles.
@EnabledIfEnvironmentVariable(
        named = "SNOWMELT_TEST_KUBECONFIG",
        matches = ".+",
        disabledReason = "SNOWMELT_TEST_KUBECONFIG names no API server to try the chart on")
class RealApiIT {
    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void theServerTakesEverythingItHasAVersionFor(String set) {
        Path kubeconfig = Path.of(System.getenv("SNOWMELT_TEST_KUBECONFIG"));
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build()) {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName("snowmelt")
                            .endMetadata()
                            .build())
                    .serverSideApply();
            PatchContext dryRun = new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager("chart-test")
                    .withDryRun(List.of("All"))
                    .build();
            List<String> unknown = new ArrayList<>();
            for (HasMetadata each : Chart.render(set).all()) {
                if (each instanceof StatefulSet detector && isOlderThanTheChartAsksFor(client)) {
                    detector.getSpec().setMinReadySeconds(null); // of Kubernetes 1.22
                }
                if (known(client, each)) {
                    HasMetadata answer = client.resource(each).patch(dryRun);
                    assertThat(answer.getMetadata().getUid())
                            .as("%s", each.getKind())
                            .isNotNull();
                } else {
                    unknown.add(each.getApiVersion() + " " + each.getKind());
                }
            }

            // policy/v1 is of Kubernetes 1.21; the rest are of an operator.
            assertThat(unknown)
                    .allMatch(each -> each.startsWith("monitoring.coreos.com/") || each.startsWith("policy/v1 "));
        }
    }

    private static boolean known(KubernetesClient client, HasMetadata each) {
        var resources = client.getApiResources(each.getApiVersion());
        return resources != null
                && resources.getResources().stream().map(APIResource::getKind).anyMatch(each.getKind()::equals);
    }

    /// As the chart's kubeVersion says: 1.22.
    private static boolean isOlderThanTheChartAsksFor(KubernetesClient client) {
        return Integer.parseInt(client.getKubernetesVersion().getMinor().replaceAll("[^0-9].*", "")) < 22;
    }
}
