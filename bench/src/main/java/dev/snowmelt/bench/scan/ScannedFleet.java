package dev.snowmelt.bench.scan;

import com.google.protobuf.Timestamp;
import dev.snowmelt.bench.fleet.Acknowledged;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/// A cluster of pods that stand still, in Deployments of 100, all declared and conformant.
final class ScannedFleet {
    static final TargetId TARGET = TargetId.parse("k8s:bench");

    private static final int REPLICAS = 100;
    private static final String NAMESPACE = "shop";
    private static final String IMAGE = "registry.example/shop/svc@sha256:" + "d".repeat(64);

    private final SimulatedCluster cluster;
    private final int pods;

    ScannedFleet(SimulatedCluster cluster, int pods) {
        this.cluster = cluster;
        this.pods = pods;
    }

    void create() {
        cluster.freezeControllers();
        cluster.freezeKubelets();
        for (int i = 0, left = pods; left > 0; i++, left -= REPLICAS) {
            cluster.workloads().loadDeployment(NAMESPACE, name(i), IMAGE, Math.min(REPLICAS, left));
        }
    }

    void declare(Topics topics, String bootstrapServers) {
        var topic = topics.declarations();
        try (var producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                topic.keySerde().serializer(),
                topic.valueSerde().serializer())) {
            List<ProducerRecord<WorkloadId, Declaration>> records = new ArrayList<>();
            for (int i = 0; i * REPLICAS < pods; i++) {
                var id = new WorkloadId(TARGET, NAMESPACE, WorkloadId.DEPLOYMENT, name(i));
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
                                        .setImage(IMAGE))))
                .build();
    }

    private static String name(int i) {
        return "svc-" + i;
    }
}
