package dev.snowmelt.bench.latency;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.snowmelt.bench.fleet.Acknowledged;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Deployments in a simulated cluster, declared with ENFORCE and no grace, and their drifts.
final class EvictionFleet {
    static final String NAMESPACE = "shop";

    private static final int REPLICAS = 3;
    private static final String REPOSITORY = "harbor.local/shop/svc";
    private static final String DECLARED = "sha256:" + "d".repeat(64);
    private static final String UNDECLARED = "sha256:" + "e".repeat(64);

    private final TargetId target;
    private final SimulatedCluster cluster;
    private final int workloads;

    EvictionFleet(TargetId target, SimulatedCluster cluster, int workloads) {
        this.target = target;
        this.cluster = cluster;
        this.workloads = workloads;
    }

    int workloads() {
        return workloads;
    }

    void create() {
        cluster.workloads().namespace(NAMESPACE);
        for (int w = 0; w < workloads; w++) {
            cluster.workloads().deployment(NAMESPACE, name(w), REPOSITORY + "@" + DECLARED, REPLICAS);
        }
    }

    void declare(Topics topics, String bootstrapServers) {
        var topic = topics.declarations();
        try (var producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                topic.keySerde().serializer(),
                topic.valueSerde().serializer())) {
            List<ProducerRecord<WorkloadId, Declaration>> records = new ArrayList<>();
            for (int w = 0; w < workloads; w++) {
                var id = new WorkloadId(target, NAMESPACE, WorkloadId.DEPLOYMENT, name(w));
                records.add(topic.record(id, declaration(id)));
            }
            Acknowledged.write(producer, records);
        }
    }

    private static Declaration declaration(WorkloadId id) {
        return Declaration.newBuilder()
                .setWorkload(id.toString())
                .addRevisions(Revision.newBuilder()
                        .setNumber(1)
                        .setDeclaredAt(Timestamp.newBuilder().setSeconds(1_790_000_000L))
                        .setDeclaredBy("bench")
                        .setSpec(DeclarationSpec.newBuilder()
                                .addContainers(DeclaredContainer.newBuilder()
                                        .setName(id.name())
                                        .setType(DeclaredContainer.Type.APP)
                                        .setImage(REPOSITORY + "@" + DECLARED))
                                .setRemediation(RemediationPolicy.newBuilder()
                                        .setMode(RemediationPolicy.Mode.ENFORCE)
                                        .setGracePeriod(Duration.getDefaultInstance()))))
                .build();
    }

    /// A pod of a workload that nobody is deleting.
    String anyPodOf(int workload) {
        return cluster.podsOf(NAMESPACE, name(workload)).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .findFirst()
                .orElseThrow(() -> new BenchException("workload " + name(workload) + " has no pod"))
                .getMetadata()
                .getName();
    }

    /// From now on the pod's status shows an image that nobody declared.
    void drift(int workload, String pod) {
        cluster.backdoor().setImageId(NAMESPACE, pod, name(workload), REPOSITORY + "@" + UNDECLARED);
    }

    private static String name(int workload) {
        return "svc-" + workload;
    }
}
