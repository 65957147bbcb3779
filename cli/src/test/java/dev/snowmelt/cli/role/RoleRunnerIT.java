package dev.snowmelt.cli.role;

import static dev.snowmelt.cli.role.RoleRunnerTest.PATIENCE;
import static dev.snowmelt.cli.role.RoleRunnerTest.PROMISED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/// A process that is asked to stop before its roles work.
class RoleRunnerIT {
    @Test
    void whoWaitsForSomethingInItsStartStopsWhenAsked() throws Exception {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try (var kafka = EmbeddedKafka.start(1)) {
            var runner = new RoleRunner(RoleRunnerTest.on(kafka.bootstrapServers()), Surroundings.ofProcess());
            var waits = new Waits(List.of());
            var exit = threads.submit(() -> RoleRunnerTest.run(runner, new AtomicReference<>(), waits));
            assertThat(waits.begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            runner.stop();

            assertThat(exit).succeedsWithin(PROMISED).isEqualTo(0);
            assertThat(waits.closed).as("what is asked to stop is waited for").isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatIsThereByNowIsNotNamedAsMissing() throws Exception {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try (var kafka = EmbeddedKafka.start(1);
                var admin =
                        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
            var topic = new Topics("snowmelt.", 1).proposals();
            var runner = new RoleRunner(RoleRunnerTest.on(kafka.bootstrapServers()), Surroundings.ofProcess());
            var waits = new Waits(List.of(topic));
            var exit = threads.submit(() -> RoleRunnerTest.run(runner, new AtomicReference<>(), waits));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(runner.waitingFor())
                            .singleElement()
                            .asString()
                            .contains(topic.name()));

            admin.createTopics(List.of(new NewTopic(topic.name(), 1, (short) 1).configs(topic.settings())))
                    .all()
                    .get();

            assertThat(waits.begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(runner.waitingFor()).containsExactly(RoleRunner.STARTING);
            runner.stop();
            assertThat(exit).succeedsWithin(PROMISED).isEqualTo(0);
        } finally {
            threads.shutdownNow();
        }
    }

    /// Its start waits for something that never comes, as that of a detector does whose changelogs were removed while
    /// others of its group run.
    private static final class Waits extends IdleRole {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch never = new CountDownLatch(1);
        private final List<Topic<?, ?>> topics;
        private volatile boolean closed;

        Waits(List<Topic<?, ?>> topics) {
            this.topics = topics;
        }

        @Override
        List<Topic<?, ?>> topics() {
            return topics;
        }

        @Override
        public void start() {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException("interrupted", e);
            }
        }

        @Override
        public void close() {
            try {
                var _ = never.await(500, TimeUnit.MILLISECONDS);
                closed = true;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
