package dev.snowmelt.bench.fleet;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.InstanceObserved;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/// A fleet that is the same in every run: Deployments of 20 pods with one container each, in four clusters, whose
/// observations are about as long as real ones (320 bytes), each cluster on another partition of what is partitioned by
/// target.
public final class Fleet {
    /// Pods of a Deployment.
    public static final int PODS_PER_WORKLOAD = 20;
    /// Clusters.
    public static final int TARGETS = 4;

    private static final String REPOSITORY = "harbor.local/shop/svc-";
    private static final long CREATED = 1_790_000_000L;

    private final int workloads;
    private final List<TargetId> targets;

    /// @param instances how many pods; rounded up to whole Deployments, the same number in each cluster
    /// @param partitions partitions of every topic
    public Fleet(int instances, int partitions) {
        int perTarget = Math.max(1, Math.ceilDiv(instances, PODS_PER_WORKLOAD * TARGETS));
        this.workloads = perTarget * TARGETS;
        this.targets = spread(partitions);
    }

    /// Clusters whose names fall on as many partitions as there are.
    private static List<TargetId> spread(int partitions) {
        var targets = new ArrayList<TargetId>();
        for (int n = 0; targets.size() < TARGETS; n++) {
            var target = TargetId.parse("k8s:bench-" + n);
            if (Topic.partition(target.toString(), partitions) == targets.size() % partitions) {
                targets.add(target);
            }
        }
        return List.copyOf(targets);
    }

    public int instances() {
        return workloads * PODS_PER_WORKLOAD;
    }

    public int workloads() {
        return workloads;
    }

    public List<TargetId> targets() {
        return targets;
    }

    /// How many Deployments each cluster has; those of cluster t are numbered from t times this.
    public int workloadsPerTarget() {
        return workloads / TARGETS;
    }

    public WorkloadId workload(int workload) {
        return new WorkloadId(
                targets.get(workload / workloadsPerTarget()),
                "team-" + workload % 50,
                WorkloadId.DEPLOYMENT,
                "svc-" + workload);
    }

    /// @param instance 0 to instances()-1; those of a Deployment follow each other
    public InstanceId instance(int instance) {
        int workload = instance / PODS_PER_WORKLOAD;
        var id = workload(workload);
        long spread = instance * 0x9E3779B97F4A7C15L;
        var suffix = HexFormat.of().toHexDigits(spread).substring(0, 5);
        return InstanceId.pod(
                id.target(), id.namespace(), id.name() + "-" + template(workload) + "-" + suffix, uid(spread));
    }

    private static String uid(long spread) {
        return new UUID((spread & ~0xF000L) | 0x4000L, 0x8000000000000000L | (spread >>> 2)).toString();
    }

    private static String template(int workload) {
        return HexFormat.of().toHexDigits(workload * 0x9E3779B9);
    }

    /// What the Deployment must run: one accepted image digest.
    public Declaration declaration(int workload) {
        var id = workload(workload);
        return Declaration.newBuilder()
                .setWorkload(id.toString())
                .addRevisions(Revision.newBuilder()
                        .setNumber(1)
                        .setDeclaredAt(Timestamp.newBuilder().setSeconds(CREATED))
                        .setDeclaredBy("bench")
                        .setSpec(DeclarationSpec.newBuilder()
                                .addContainers(DeclaredContainer.newBuilder()
                                        .setName("service")
                                        .setType(DeclaredContainer.Type.APP)
                                        .setImage(REPOSITORY + workload + "@" + digest("declared", workload))
                                        .addDigests(digest("config", workload)))
                                .setRemediation(RemediationPolicy.newBuilder()
                                        .setMode(RemediationPolicy.Mode.ENFORCE)
                                        .setGracePeriod(Duration.newBuilder().setSeconds(60)))))
                .build();
    }

    /// The Deployment as its controller reports it, at rest.
    public Observation status(int workload) {
        return Observation.newBuilder()
                .setWorkload(WorkloadStatus.newBuilder()
                        .setWorkload(workload(workload).toString())
                        .setDesired(PODS_PER_WORKLOAD)
                        .setReady(PODS_PER_WORKLOAD)
                        .setUpdated(PODS_PER_WORKLOAD)
                        .setGeneration(1)
                        .setObservedGeneration(1)
                        .setStrategy(WorkloadStatus.Strategy.ROLLING_UPDATE)
                        .setTemplate(Template.newBuilder()
                                .setId(template(workload))
                                .addContainers(Template.Container.newBuilder()
                                        .setName("service")
                                        .setType(ObservedContainer.Type.APP)
                                        .setImage(REPOSITORY + workload + "@" + digest("declared", workload)))))
                .build();
    }

    /// A pod as its cluster reports it.
    ///
    /// @param drifted true: it runs a digest that nobody declared
    public Observation observation(int instance, boolean drifted) {
        int workload = instance / PODS_PER_WORKLOAD;
        // Edited in place: the pod names and runs another image than its template.
        var image = REPOSITORY + workload + "@" + digest(drifted ? "undeclared" : "declared", workload);
        return Observation.newBuilder()
                .setInstance(InstanceObserved.newBuilder()
                        .setInstance(instance(instance).toString())
                        .setImage(ImageFacet.newBuilder()
                                .setCreated(Timestamp.newBuilder().setSeconds(CREATED + instance % 86_400))
                                .setNode("ip-10-0-" + instance % 250 + "-17")
                                .setTemplate(template(workload))
                                .setReady(true)
                                .setPhase(ImageFacet.Phase.RUNNING)
                                .addContainers(ObservedContainer.newBuilder()
                                        .setName("service")
                                        .setType(ObservedContainer.Type.APP)
                                        .setImage(image)
                                        .setImageId(image))))
                .build();
    }

    private static String digest(String what, int workload) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            byte[] hash = sha256.digest((what + workload).getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
