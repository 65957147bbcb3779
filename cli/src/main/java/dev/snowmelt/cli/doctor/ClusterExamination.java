package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.doctor.ClusterRights.Right;
import dev.snowmelt.cli.role.Clusters;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A cluster: that its API answers, that this user has the documented rights there, and what time it is.
record ClusterExamination(Config.Kubernetes settings, Set<ProcessRole> roles, InstantSource clock)
        implements Examination {
    private static final int CALL_SECONDS = 10;
    private static final String OPTIONAL = "snowmelt-restorer";

    @Override
    public String subject() {
        return "kubernetes";
    }

    @Override
    public void look(Consumer<Finding> tell) throws InterruptedException {
        Clusters.Cluster cluster;
        try {
            cluster = Clusters.open(settings);
        } catch (CliException e) {
            if (settings.named()) {
                throw e;
            }
            tell.accept(Finding.skipped("kubernetes", "no cluster is named, and there is no current context"));
            return;
        }
        try (KubernetesClient client = cluster.client()) {
            String target = cluster.target().toString();
            if (!reach(client, target, tell)) {
                tell.accept(Finding.skipped("clock.kubernetes", "the API server does not answer"));
                tell.accept(Finding.skipped("kubernetes.rbac", "the API server does not answer"));
                return;
            }
            Map<String, List<Right>> documented = ClusterRights.documented();
            for (ProcessRole role : roles) {
                for (String name : role.clusterRoles()) {
                    tell.accept(rights(client, name, documented.getOrDefault(name, List.of())));
                }
            }
        }
    }

    private boolean reach(KubernetesClient client, String target, Consumer<Finding> tell) throws InterruptedException {
        String url = client.getMasterUrl().toString().replaceAll("/$", "") + "/version";
        Instant from = clock.instant();
        try {
            HttpClient http = client.getHttpClient();
            HttpResponse<String> answer = http.sendAsync(
                            http.newHttpRequestBuilder().uri(url).build(), String.class)
                    .get(CALL_SECONDS, TimeUnit.SECONDS);
            Instant to = clock.instant();
            boolean known = answer.code() / 100 == 2;
            tell.accept(
                    known
                            ? Finding.ok("kubernetes.reachable", target + " answers at " + client.getMasterUrl())
                            : Finding.fail(
                                    "kubernetes.reachable",
                                    target + " at " + client.getMasterUrl() + " answers HTTP " + answer.code(),
                                    answer.code() == 401
                                            ? "the credentials are not known there: see the kubeconfig"
                                            : "see whether that is an API server"));
            if (known) {
                tell.accept(Clocks.compare(
                        "clock.kubernetes",
                        "the API server of " + target,
                        answer.headers("Date").stream().findFirst(),
                        from,
                        to));
            }
            return known;
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            tell.accept(Finding.fail(
                    "kubernetes.reachable",
                    target + " at " + client.getMasterUrl() + " does not answer: "
                            + Optional.ofNullable(cause.getMessage()).orElse("nothing within " + CALL_SECONDS + " s"),
                    "correct --kubeconfig and --context (kubernetes.kubeconfig, kubernetes.context), or the network"));
            return false;
        }
    }

    private Finding rights(KubernetesClient client, String role, List<Right> rights) {
        String check = "kubernetes.rbac." + role;
        List<String> lacking = new ArrayList<>();
        int asked = 0;
        try {
            for (Right right : rights) {
                for (String namespace : namespaces(right)) {
                    asked++;
                    if (!allowed(client, right, namespace)) {
                        lacking.add(right + (namespace.isEmpty() ? "" : " in " + namespace));
                    }
                }
            }
        } catch (KubernetesClientException e) {
            return Finding.skipped(check, "cannot be told, the API server refuses to say: " + e.getMessage());
        }
        if (lacking.isEmpty()) {
            return Finding.ok(check, "this user has all " + asked + " rights");
        }
        String found = "this user lacks " + String.join(", ", lacking);
        return role.equals(OPTIONAL)
                ? Finding.warn(check, found, "needed only where a declaration has restoreTemplate: see docs/rbac.yaml")
                : Finding.fail(
                        check,
                        found,
                        "kubectl apply -f docs/rbac.yaml; if this is the user of one role only, say which: --role");
    }

    private List<String> namespaces(Right right) {
        if (right.inLeaseNamespace()) {
            return List.of(settings.leaseNamespace());
        }
        return settings.namespaces().isEmpty() ? List.of("") : settings.namespaces();
    }

    private static boolean allowed(KubernetesClient client, Right right, String namespace) {
        SelfSubjectAccessReview review = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withVerb(right.verb())
                .withGroup(right.group())
                .withResource(right.resource())
                .withSubresource(right.subresource())
                .withNamespace(namespace)
                .endResourceAttributes()
                .endSpec()
                .build();
        SelfSubjectAccessReview answer = client.resource(review).create();
        return answer.getStatus() != null
                && Boolean.TRUE.equals(answer.getStatus().getAllowed());
    }
}
