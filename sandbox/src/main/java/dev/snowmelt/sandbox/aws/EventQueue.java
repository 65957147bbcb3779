package dev.snowmelt.sandbox.aws;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/// A queue of SQS as EventBridge fills it, with a dead-letter queue behind it.
public final class EventQueue {

    /// What SQS takes in one call.
    private static final int BATCH = 10;

    private final SqsClient sqs;
    private final String url;
    private final String deadLettersUrl;

    private EventQueue(SqsClient sqs, String url, String deadLettersUrl) {
        this.sqs = sqs;
        this.url = url;
        this.deadLettersUrl = deadLettersUrl;
    }

    /// Creates the queue, and `<name>-dead` behind it.
    ///
    /// @param visibility how long a received message stays hidden; in full seconds, 0 for not at
    /// all
    /// @param receives how often a message is delivered before it goes to the dead letters
    public static EventQueue create(SqsClient sqs, String name, Duration visibility, int receives) {
        String dead = sqs.createQueue(queue -> queue.queueName(name + "-dead")).queueUrl();
        String deadArn = sqs.getQueueAttributes(ask -> ask.queueUrl(dead).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN);
        String url = sqs.createQueue(queue -> queue.queueName(name)
                        .attributes(Map.of(
                                QueueAttributeName.VISIBILITY_TIMEOUT,
                                Long.toString(visibility.toSeconds()),
                                QueueAttributeName.REDRIVE_POLICY,
                                "{\"deadLetterTargetArn\":\"" + deadArn + "\",\"maxReceiveCount\":" + receives + "}")))
                .queueUrl();
        return new EventQueue(sqs, url, dead);
    }

    /// As collectors are told it.
    public String url() {
        return url;
    }

    /// Of the dead-letter queue.
    public String deadLettersUrl() {
        return deadLettersUrl;
    }

    /// Puts messages on the queue, such as [AwsEvents].
    public void send(String... bodies) {
        send(List.of(bodies));
    }

    /// See [#send(String...)].
    public void send(List<String> bodies) {
        for (int from = 0; from < bodies.size(); from += BATCH) {
            int start = from;
            List<SendMessageBatchRequestEntry> entries = IntStream.range(start, Math.min(start + BATCH, bodies.size()))
                    .mapToObj(i -> SendMessageBatchRequestEntry.builder()
                            .id("m" + i)
                            .messageBody(bodies.get(i))
                            .build())
                    .toList();
            var response = sqs.sendMessageBatch(batch -> batch.queueUrl(url).entries(entries));
            if (response.hasFailed() && !response.failed().isEmpty()) {
                throw new IllegalStateException("not sent: " + response.failed());
            }
        }
    }

    /// How many messages were not deleted yet, hidden ones too.
    public int waiting() {
        return count(url);
    }

    /// How many messages the dead-letter queue holds.
    public int deadLetters() {
        return count(deadLettersUrl);
    }

    private int count(String queue) {
        return sqs
                .getQueueAttributes(ask -> ask.queueUrl(queue)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes()
                .values()
                .stream()
                .mapToInt(Integer::parseInt)
                .sum();
    }
}
