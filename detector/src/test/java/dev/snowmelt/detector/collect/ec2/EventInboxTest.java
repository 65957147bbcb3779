package dev.snowmelt.detector.collect.ec2;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Problems;
import dev.snowmelt.schemas.id.TargetId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

class EventInboxTest {
    private static final TargetId TARGET = TargetId.parse("aws:123456789012:eu-west-1");

    private final Problems problems = new Problems(TARGET, () -> {});
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(10));
        }
    }

    @Test
    void whatCouldNotBeKeptInHandIsNoProblemAnyMoreWhenNothingIsInHand() throws Exception {
        var calls = new AwsCalls(TARGET, new Ec2Metrics(new SimpleMeterRegistry(), TARGET));
        var queue = new EventQueue(new HidesNothing(), URI.create("http://localhost/queue"), calls);
        var inbox = new EventInbox(queue, Duration.ofMillis(300), problems);
        start(inbox::receive);
        EventInbox.Received received =
                requireNonNull(inbox.poll(Duration.ofSeconds(30).toNanos()));
        start(inbox::hold);
        await().atMost(Duration.ofSeconds(30)).until(() -> problems.first().contains("sqs:ChangeMessageVisibility"));

        inbox.leave(received.message());

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(problems.first()).isEmpty());
    }

    @Test
    void isClearWhenAllIsDoneWithThatTheQueueHasGiven() throws Exception {
        var calls = new AwsCalls(TARGET, new Ec2Metrics(new SimpleMeterRegistry(), TARGET));
        var queue = new EventQueue(new HidesNothing(), URI.create("http://localhost/queue"), calls);
        var inbox = new EventInbox(queue, Duration.ofSeconds(60), problems);
        start(inbox::receive);
        EventInbox.Received received =
                requireNonNull(inbox.poll(Duration.ofSeconds(30).toNanos()));
        boolean inHand = inbox.clear();

        inbox.leave(received.message());

        assertThat(inHand).isFalse();
        assertThat(inbox.clear()).isTrue();
    }

    @Test
    void isNotClearWhenTheQueueDoesNotAnswer() {
        var calls = new AwsCalls(TARGET, new Ec2Metrics(new SimpleMeterRegistry(), TARGET));
        var queue = new EventQueue(new AnswersNothing(), URI.create("http://localhost/queue"), calls);
        var inbox = new EventInbox(queue, Duration.ofSeconds(60), problems);

        start(inbox::receive);

        await().atMost(Duration.ofSeconds(30)).until(() -> !inbox.clear());
    }

    /// A queue that cannot be reached.
    private static final class AnswersNothing implements SqsClient {
        @Override
        public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
            throw SdkClientException.create("no connection");
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    }

    private interface Loop {
        void run() throws InterruptedException;
    }

    private void start(Loop loop) {
        threads.add(Thread.ofVirtual().start(() -> {
            try {
                loop.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /// A queue with one message, that cannot be reached when it should hide it for longer.
    private static final class HidesNothing implements SqsClient {
        private final CountDownLatch never = new CountDownLatch(1);
        private boolean given;

        @Override
        public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
            if (given) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw AbortedException.create("interrupted", e);
                }
            }
            given = true;
            return ReceiveMessageResponse.builder()
                    .messages(Message.builder().receiptHandle("a").body("{}").build())
                    .build();
        }

        @Override
        public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
                ChangeMessageVisibilityBatchRequest request) {
            throw SdkClientException.create("no connection");
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    }
}
