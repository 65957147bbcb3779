package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.live;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// S2, where two members of a group carry out the same command, because its partition goes from one
/// to the other while the first one's look hangs.
@Timeout(120)
class S2TwoExecutorsOfOneCommandIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final CountDownLatch answered = new CountDownLatch(1);
    private final InMemoryPlatform hanging = new InMemoryPlatform();
    private final InMemoryPlatform prompt = new InMemoryPlatform();
    private EmbeddedKafka kafka;
    private ExecutorHarness harness;
    /// One on each partition of the commands, which lie by their targets.
    private List<WorkloadId> workloads;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(1);
        workloads = IntStream.range(0, 3)
                .mapToObj(S2TwoExecutorsOfOneCommandIT::onPartition)
                .toList();
        harness = new ExecutorHarness(kafka, reaching(hanging));
        for (WorkloadId workload : workloads) {
            harness.declare(declaration(7, ENFORCE).toBuilder()
                    .setWorkload(workload.toString())
                    .build());
            LiveInstance live = live(EVIL);
            for (InMemoryPlatform platform : List.of(hanging, prompt)) {
                platform.lives(instance(workload), new LiveInstance(workload, live.version(), live.image(), null));
            }
        }
    }

    @AfterEach
    void stop() {
        answered.countDown();
        harness.close();
        kafka.close();
    }

    private static WorkloadId onPartition(int partition) {
        var commands = new Topics("any.", 3).commands();
        return IntStream.range(0, 1_000)
                .mapToObj(i -> WorkloadId.parse("k8s:test" + i + "/shop/Deployment/cart"))
                .filter(workload -> Objects.equals(partition, commands.partitionOf(workload)))
                .findFirst()
                .orElseThrow();
    }

    private static InstanceId instance(WorkloadId workload) {
        return InstanceId.pod(workload.target(), workload.namespace(), "cart-1", "uid-1");
    }

    private static String id(WorkloadId workload) {
        return "of " + workload;
    }

    private Map<TargetId, Platform> reaching(InMemoryPlatform platform) {
        return workloads.stream().collect(Collectors.toMap(WorkloadId::target, _ -> platform.platform()));
    }

    private List<Outcome> of(String command, Result result) {
        return harness.outcomes().stream()
                .filter(outcome -> outcome.getCommand().equals(command) && outcome.getResult() == result)
                .toList();
    }

    /// Else the planner frees its slot, issues another one, and two are out.
    @Test
    void theOneThatLostThePartitionDoesNotClaimThatNothingWasDone() throws Exception {
        var looking = new CountDownLatch(1);
        hanging.uponLook(() -> {
            looking.countDown();
            awaitQuietly(answered);
        });
        workloads.forEach(_ -> hanging.willReply(new Reply.NotNow(Hold.Reason.PLATFORM, "no answer", null)));

        try (var first = harness.start()) {
            await().atMost(PATIENCE).until(() -> first.health().ready());
            workloads.forEach(workload -> harness.command(replace(id(workload), instance(workload)).toBuilder()
                    .setWorkload(workload.toString())
                    .build()));
            looking.await();
            try (var _ = harness.start(reaching(prompt))) {
                await().atMost(PATIENCE).until(() -> !prompt.terminated().isEmpty());
                String both = workloads.stream()
                        .filter(workload -> prompt.terminated().contains(instance(workload)))
                        .map(S2TwoExecutorsOfOneCommandIT::id)
                        .findFirst()
                        .orElseThrow();
                answered.countDown();

                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(of(both, Result.BLOCKED)).hasSize(1));
                assertThat(of(both, Result.BLOCKED).getFirst().getEffectUnknown())
                        .isTrue();
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(of(both, Result.TERMINATED)).hasSize(1));
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
