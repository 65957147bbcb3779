package dev.snowmelt.sources.terraform;

import dev.snowmelt.schemas.id.WorkloadId;
import java.util.Map;
import java.util.Set;

/// The resources that are read, and which of their attributes. Names are those of the AWS provider
/// 5 and of the Kubernetes provider 2, whose older names without `_v1` stay in use.
final class Types {
    static final String LAUNCH_TEMPLATE = "aws_launch_template";
    static final String LAUNCH_CONFIGURATION = "aws_launch_configuration";
    static final String GROUP = "aws_autoscaling_group";
    /// Any object of the cluster, written as in its API.
    static final String MANIFEST = "kubernetes_manifest";

    /// Kubernetes resources that are workloads.
    static final Map<String, String> WORKLOADS = Map.ofEntries(
            Map.entry("kubernetes_deployment", WorkloadId.DEPLOYMENT),
            Map.entry("kubernetes_deployment_v1", WorkloadId.DEPLOYMENT),
            Map.entry("kubernetes_stateful_set", WorkloadId.STATEFUL_SET),
            Map.entry("kubernetes_stateful_set_v1", WorkloadId.STATEFUL_SET),
            // Sic: the older name has no underscore.
            Map.entry("kubernetes_daemonset", WorkloadId.DAEMON_SET),
            Map.entry("kubernetes_daemon_set_v1", WorkloadId.DAEMON_SET),
            Map.entry("kubernetes_pod", WorkloadId.STANDALONE),
            Map.entry("kubernetes_pod_v1", WorkloadId.STANDALONE));

    /// Resources that run something which cannot be declared, and what to say of them.
    static final Map<String, String> REMARKABLE = Map.of(
            "kubernetes_job", "Snowmelt does not watch Jobs",
            "kubernetes_job_v1", "Snowmelt does not watch Jobs",
            "kubernetes_cron_job", "Snowmelt does not watch CronJobs",
            "kubernetes_cron_job_v1", "Snowmelt does not watch CronJobs",
            "kubernetes_replication_controller", "Snowmelt does not watch ReplicationControllers",
            "kubernetes_replication_controller_v1", "Snowmelt does not watch ReplicationControllers",
            "helm_release", "Terraform does not show what a chart renders; pipe 'helm template' into --manifests -");

    private static final Shape TEMPLATE_REFERENCE =
            Shape.of("id", "name", "version", "launch_template_id", "launch_template_name");

    private static final Shape POD_SPEC = new Shape(Map.of())
            .with("container", Shape.of("name", "image"))
            .with("init_container", Shape.of("name", "image"));

    private static final Shape API_POD_SPEC = new Shape(Map.of())
            .with("containers", Shape.of("name", "image"))
            .with("initContainers", Shape.of("name", "image"));

    private static final Shape API_TEMPLATE = within("spec", API_POD_SPEC);

    /// Everything that is kept of any resource's values: one shape, since a type may come behind
    /// the values.
    static final Shape VALUES = Shape.of(
                    "id",
                    "name",
                    "arn",
                    "image_id",
                    "latest_version",
                    "default_version",
                    "update_default_version",
                    "launch_configuration",
                    "availability_zones")
            .with("launch_template", TEMPLATE_REFERENCE)
            .with("mixed_instances_policy", mixedInstances(TEMPLATE_REFERENCE))
            .with("metadata", Shape.of("name", "namespace", "generate_name"))
            .with("spec", POD_SPEC.with("template", within("spec", POD_SPEC)))
            .with(
                    "manifest",
                    Shape.of("apiVersion", "kind")
                            .with("metadata", Shape.of("name", "namespace", "generateName"))
                            .with(
                                    "spec",
                                    API_POD_SPEC
                                            .with("template", API_TEMPLATE)
                                            .with("jobTemplate", within("spec", within("template", API_TEMPLATE)))));

    private static final Shape REFERENCES = Shape.of("references");

    /// What a plan's configuration says about where a group's attributes come from.
    static final Shape EXPRESSIONS = within("launch_configuration", REFERENCES)
            .with("launch_template", references())
            .with("mixed_instances_policy", mixedInstances(references()));

    private static final Set<String> AWS = Set.of(LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, GROUP);

    private Types() {}

    /// True for what is looked at at all.
    static boolean read(String type) {
        return AWS.contains(type) || inCluster(type) || REMARKABLE.containsKey(type);
    }

    /// True for what is an object of a cluster, and can be declared.
    static boolean inCluster(String type) {
        return WORKLOADS.containsKey(type) || type.equals(MANIFEST);
    }

    private static Shape within(String key, Shape shape) {
        return new Shape(Map.of(key, shape));
    }

    private static Shape mixedInstances(Shape reference) {
        Shape specification = within("launch_template_specification", reference);
        return within("launch_template", specification.with("override", specification));
    }

    private static Shape references() {
        return new Shape(Map.of(
                "id", REFERENCES,
                "name", REFERENCES,
                "launch_template_id", REFERENCES,
                "launch_template_name", REFERENCES,
                "version", REFERENCES));
    }
}
