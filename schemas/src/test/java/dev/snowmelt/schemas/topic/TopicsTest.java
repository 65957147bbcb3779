package dev.snowmelt.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TopicsTest {
    private static final Topics TOPICS = new Topics("snowmelt.", 12);

    @Test
    void namesCarryThePrefixAndAreDifferent() {
        var names = new HashSet<String>();

        TOPICS.all().forEach(topic -> names.add(topic.name()));

        assertThat(names).hasSize(TOPICS.all().size()).allMatch(name -> name.startsWith("snowmelt."));
    }

    @Test
    void aKeyLiesWhereKafkasOwnPartitionerPutsIt() {
        var random = new Random(42);
        for (int i = 0; i < 1_000; i++) {
            String text = "k8s:prod-eu/shop/Deployment/ürt-" + Long.toHexString(random.nextLong());
            int partitions = 1 + random.nextInt(100);

            assertThat(Topic.partition(text, partitions))
                    .isEqualTo(BuiltInPartitioner.partitionForKey(text.getBytes(StandardCharsets.UTF_8), partitions));
        }
    }

    @Test
    void allOfAWorkloadMeetsInTheDetectorAndAllOfATargetInThePlanner() {
        TargetId target = TargetId.parse("k8s:prod-eu");
        int ofTarget = Topic.partition("k8s:prod-eu", 12);
        for (int i = 0; i < 100; i++) {
            var workload = new WorkloadId(target, "shop", WorkloadId.DEPLOYMENT, "cart-" + i);
            int ofWorkload = Topic.partition(workload.toString(), 12);

            assertThat(TOPICS.observations().partitionOf(workload)).isEqualTo(ofWorkload);
            assertThat(TOPICS.declarations().partitionOf(workload)).isEqualTo(ofWorkload);
            assertThat(TOPICS.evidence().partitionOf(workload)).isEqualTo(ofWorkload);
            assertThat(TOPICS.commands().partitionOf(workload)).isEqualTo(ofTarget);
            assertThat(TOPICS.outcomes().partitionOf(workload)).isEqualTo(ofTarget);
            assertThat(TOPICS.verdicts().partitionOf(new SubjectKey.OfWorkload(workload)))
                    .isEqualTo(ofTarget);
            assertThat(TOPICS.remediations().partitionOf(new SubjectKey.OfWorkload(workload)))
                    .isEqualTo(ofTarget);
        }
        assertThat(TOPICS.verdicts().partitionOf(new SubjectKey.OfSnapshot(target, 3)))
                .isEqualTo(ofTarget);
    }

    @Test
    void proposalsGoAnywhere() {
        assertThat(TOPICS.proposals().partitionOf("x")).isNull();
    }
}
