package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.helm.Manifests.Pods;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// What is rendered is what the API knows, holds together, and gives pods no more than they need.
class ManifestsTest {
    /// What production and ec2 say exists already.
    private static final Set<String> EXISTING = Set.of(
            "kafka-cluster-ca-cert",
            "snowmelt-user",
            "snowmelt-detector-user",
            "snowmelt-remediator-user",
            "snowmelt-signing",
            "registry-example",
            "snowmelt-certificate",
            "snowmelt-keys",
            "signed-declarations");

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void theApiKnowsEveryKindAndField(String set) {
        for (HasMetadata each : Chart.render(set).all()) {
            if (each instanceof GenericKubernetesResource it) {
                assertThat(it.getApiVersion()).isEqualTo("monitoring.coreos.com/v1");
                continue;
            }
            assertThat(UnknownFields.of(each))
                    .as("%s %s", each.getKind(), each.getMetadata().getName())
                    .isEmpty();
        }
    }

    /// The operator's types are not among fabric8's; the fields are those of its API,
    /// monitoring.coreos.com/v1.
    @Test
    void theOperatorFindsPodsAndRules() {
        Manifests manifests = Chart.render("production");
        GenericKubernetesResource monitor = manifests
                .of(GenericKubernetesResource.class)
                .filter(each -> each.getKind().equals("ServiceMonitor"))
                .findFirst()
                .orElseThrow();
        Map<String, String> wanted = monitor.get("spec", "selector", "matchLabels");
        Service service = manifests.one(Service.class, "snowmelt");

        assertThat(service.getMetadata().getLabels()).containsAllEntriesOf(wanted);
        assertThat(monitor.<Map<String, Object>>get("spec"))
                .containsOnlyKeys("selector", "podTargetLabels", "endpoints");
        assertThat(monitor.<List<Map<String, Object>>>get("spec", "endpoints"))
                .containsExactly(Map.of("port", "http", "path", "/metrics", "interval", "15s"));
        assertThat(service.getSpec().getPorts())
                .extracting(ServicePort::getName)
                .containsExactly("http");
        assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "prometheus");
        manifests
                .of(GenericKubernetesResource.class)
                .filter(each -> each.getKind().equals("PrometheusRule"))
                .forEach(rule ->
                        assertThat(rule.<Map<String, Object>>get("spec")).containsOnlyKeys("groups"));
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void nothingIsThereTwiceAndAllIsInANamespace(String set) {
        Set<String> seen = new HashSet<>();
        for (HasMetadata each : Chart.render(set).all()) {
            assertThat(seen.add(each.getKind() + " " + each.getMetadata().getName()))
                    .as(
                            "%s %s is rendered twice",
                            each.getKind(), each.getMetadata().getName())
                    .isTrue();
            boolean ofTheCluster = each.getKind().startsWith("Cluster");
            assertThat(each.getMetadata().getNamespace())
                    .as("%s %s", each.getKind(), each.getMetadata().getName())
                    .isEqualTo(ofTheCluster ? null : "snowmelt");
            assertThat(each.getMetadata().getName()).hasSizeLessThan(64);
        }
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void podsCanDoNoMoreThanTheyNeed(String set) {
        for (Pods pods : Chart.render(set).pods()) {
            var spec = pods.template().getSpec();
            assertThat(spec.getSecurityContext().getRunAsNonRoot())
                    .as("%s", pods)
                    .isTrue();
            assertThat(spec.getSecurityContext().getRunAsUser()).isEqualTo(65532);
            assertThat(spec.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(spec.getEnableServiceLinks()).as("%s", pods).isFalse();
            assertThat(spec.getHostNetwork()).isNull();
            assertThat(spec.getHostPID()).isNull();
            assertThat(spec.getVolumes()).noneMatch(volume -> volume.getHostPath() != null);
            boolean asksTheApi = Set.of("collector", "remediator")
                            .contains(component(pods.template().getMetadata().getLabels()))
                    && !set.equals("ec2");
            assertThat(spec.getAutomountServiceAccountToken()).as("%s", pods).isEqualTo(asksTheApi);
            for (Container container : spec.getContainers()) {
                var security = container.getSecurityContext();
                assertThat(security.getReadOnlyRootFilesystem()).as("%s", pods).isTrue();
                assertThat(security.getAllowPrivilegeEscalation()).isFalse();
                assertThat(security.getRunAsNonRoot()).isTrue();
                assertThat(security.getPrivileged()).isNull();
                assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(security.getCapabilities().getAdd()).isEmpty();
                assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
                assertThat(container.getResources().getLimits()).containsKeys("memory");
            }
        }
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void whatRunsIsAskedHowItIs(String set) {
        for (Pods pods : Chart.render(set).pods()) {
            if (!(pods.owner() instanceof Deployment || pods.owner() instanceof StatefulSet)) {
                continue;
            }
            for (Container container : pods.template().getSpec().getContainers()) {
                assertThat(List.of(path(container.getLivenessProbe()), path(container.getStartupProbe())))
                        .containsOnly("/health/live");
                assertThat(path(container.getReadinessProbe())).isEqualTo("/health/ready");
                assertThat(container.getPorts())
                        .extracting(ContainerPort::getContainerPort)
                        .containsExactly(8080);
            }
        }
    }

    private static String path(Probe probe) {
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
        return probe.getHttpGet().getPath();
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void whatIsReferredToIsThere(String set) {
        Manifests manifests = Chart.render(set);
        for (Pods pods : manifests.pods()) {
            var spec = pods.template().getSpec();
            Set<String> volumes =
                    spec.getVolumes().stream().map(Volume::getName).collect(Collectors.toCollection(HashSet::new));
            assertThat(volumes).as("volumes of %s", pods).hasSameSizeAs(spec.getVolumes());
            if (pods.owner() instanceof StatefulSet set1) {
                set1.getSpec()
                        .getVolumeClaimTemplates()
                        .forEach(claim -> volumes.add(claim.getMetadata().getName()));
                assertThat(manifests.of(Service.class))
                        .extracting(it -> it.getMetadata().getName())
                        .contains(set1.getSpec().getServiceName());
            }
            for (Container container : spec.getContainers()) {
                assertThat(container.getVolumeMounts())
                        .as("what %s mounts", pods)
                        .extracting(VolumeMount::getName)
                        .containsExactlyInAnyOrderElementsOf(volumes);
                assertThat(container.getVolumeMounts())
                        .extracting(VolumeMount::getMountPath)
                        .doesNotHaveDuplicates();
                assertThat(container.getEnv()).extracting(EnvVar::getName).doesNotHaveDuplicates();
                container.getEnv().stream()
                        .map(EnvVar::getValueFrom)
                        .filter(from -> from != null && from.getSecretKeyRef() != null)
                        .forEach(from ->
                                assertThat(from.getSecretKeyRef().getName()).isIn(EXISTING));
            }
            spec.getVolumes().forEach(volume -> refers(manifests, pods, volume));
            if (!"default".equals(spec.getServiceAccountName())) {
                manifests.one(ServiceAccount.class, spec.getServiceAccountName());
            }
            spec.getImagePullSecrets()
                    .forEach(secret -> assertThat(secret.getName()).isIn(EXISTING));
        }
        assertThat(manifests.of(Secret.class)).isEmpty();
    }

    private static void refers(Manifests manifests, Pods pods, Volume volume) {
        if (volume.getSecret() != null) {
            assertThat(volume.getSecret().getSecretName()).as("%s", pods).isIn(EXISTING);
            assertThat(volume.getSecret().getItems())
                    .extracting(KeyToPath::getKey)
                    .doesNotContain("")
                    .isNotEmpty();
        }
        if (volume.getConfigMap() != null
                && !EXISTING.contains(volume.getConfigMap().getName())) {
            ConfigMap map = manifests.one(ConfigMap.class, volume.getConfigMap().getName());
            boolean hook = map.getMetadata().getAnnotations().containsKey("helm.sh/hook");
            assertThat(hook)
                    .as("%s is there when %s is", map.getMetadata().getName(), pods)
                    .isEqualTo(
                            component(pods.template().getMetadata().getLabels()).equals("topics"));
        }
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void everySelectorSelectsSomething(String set) {
        Manifests manifests = Chart.render(set);
        List<Map<String, String>> labels = manifests.pods().stream()
                .map(pods -> pods.template().getMetadata().getLabels())
                .toList();
        for (Pods pods : manifests.pods()) {
            Map<String, String> selector = switch (pods.owner()) {
                case Deployment it -> it.getSpec().getSelector().getMatchLabels();
                case StatefulSet it -> it.getSpec().getSelector().getMatchLabels();
                default -> Map.of();
            };
            assertThat(pods.template().getMetadata().getLabels()).containsAllEntriesOf(selector);
            // A selector that is a prefix of another's would take its pods.
            if (!selector.isEmpty()) {
                assertThat(labels)
                        .filteredOn(each -> each.entrySet().containsAll(selector.entrySet()))
                        .hasSize(1);
            }
        }
        Stream.of(
                        manifests.of(Service.class).map(it -> it.getSpec().getSelector()),
                        manifests
                                .of(NetworkPolicy.class)
                                .map(it -> it.getSpec().getPodSelector().getMatchLabels()),
                        manifests
                                .of(PodDisruptionBudget.class)
                                .map(it -> it.getSpec().getSelector().getMatchLabels()))
                .flatMap(each -> each)
                .forEach(selector ->
                        assertThat(labels).anyMatch(each -> each.entrySet().containsAll(selector.entrySet())));
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void everyReplicatedPartHasABudget(String set) {
        Manifests manifests = Chart.render(set);
        Set<String> budgets = manifests
                .of(PodDisruptionBudget.class)
                .map(it -> component(it.getSpec().getSelector().getMatchLabels()))
                .collect(Collectors.toSet());
        Set<String> replicated = Stream.concat(
                        manifests
                                .of(Deployment.class)
                                .filter(it -> it.getSpec().getReplicas() > 1)
                                .map(it -> it.getSpec().getSelector().getMatchLabels()),
                        manifests
                                .of(StatefulSet.class)
                                .filter(it -> it.getSpec().getReplicas() > 1)
                                .map(it -> it.getSpec().getSelector().getMatchLabels()))
                .map(ManifestsTest::component)
                .collect(Collectors.toSet());

        assertThat(budgets).isEqualTo(replicated);
    }

    @Test
    void anotherConfigurationIsAnotherPodAndAnotherDeclarationIsNot() {
        Manifests before = Chart.render("production");
        Manifests declared = Chart.render("production", "declarations: {files: {web.yaml: 'workload: other'}}");
        Manifests configured = Chart.render("production", "config: {detect: {threads: 2}}");
        Manifests trusted = Chart.render("production", "trust: {keys: {anna.pub.pem: other}}");

        assertThat(templates(declared)).isEqualTo(templates(before));
        assertThat(templates(configured)).doesNotContainAnyElementsOf(templates(before));
        assertThat(templates(trusted)).doesNotContainAnyElementsOf(templates(before));
    }

    private static List<PodTemplateSpec> templates(Manifests manifests) {
        return manifests.pods().stream()
                .filter(pods -> pods.owner() instanceof Deployment || pods.owner() instanceof StatefulSet)
                .map(Pods::template)
                .toList();
    }

    private static String component(Map<String, String> labels) {
        return Objects.requireNonNull(labels.get("app.kubernetes.io/component"));
    }
}
