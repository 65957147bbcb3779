package dev.snowmelt.detector.collect.ec2;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/// A queue whose messages are there at once, each delivered one time.
final class SqsInMemory implements SqsClient {
    private static final Duration LONG_POLL = Duration.ofSeconds(1);

    private final BlockingQueue<Message> visible = new LinkedBlockingQueue<>();
    private final Map<String, Message> undeleted = new ConcurrentHashMap<>();
    private final AtomicInteger deletes = new AtomicInteger();

    void send(List<String> bodies) {
        List<Message> messages = bodies.stream()
                .map(body -> Message.builder()
                        .messageId(UUID.randomUUID().toString())
                        .receiptHandle(UUID.randomUUID().toString())
                        .body(body)
                        .build())
                .toList();
        messages.forEach(message -> undeleted.put(message.receiptHandle(), message));
        visible.addAll(messages);
    }

    /// How many were not deleted yet.
    int waiting() {
        return undeleted.size();
    }

    /// How many nobody received yet.
    int visible() {
        return visible.size();
    }

    /// How many calls deleted messages.
    int deletes() {
        return deletes.get();
    }

    @Override
    public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
        try {
            var messages = new ArrayList<Message>();
            @Nullable Message first = visible.poll(LONG_POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                messages.add(first);
                visible.drainTo(messages, request.maxNumberOfMessages() - 1);
            }
            return ReceiveMessageResponse.builder().messages(messages).build();
        } catch (InterruptedException e) {
            throw AbortedException.create("interrupted", e);
        }
    }

    /// Nothing comes a second time, however long it takes.
    @Override
    public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
            ChangeMessageVisibilityBatchRequest request) {
        return ChangeMessageVisibilityBatchResponse.builder().build();
    }

    @Override
    public DeleteMessageBatchResponse deleteMessageBatch(DeleteMessageBatchRequest request) {
        deletes.incrementAndGet();
        List<DeleteMessageBatchResultEntry> successful = request.entries().stream()
                .filter(entry -> undeleted.remove(entry.receiptHandle()) != null)
                .map(entry ->
                        DeleteMessageBatchResultEntry.builder().id(entry.id()).build())
                .toList();
        return DeleteMessageBatchResponse.builder().successful(successful).build();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
