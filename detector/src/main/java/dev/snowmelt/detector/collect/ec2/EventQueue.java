package dev.snowmelt.detector.collect.ec2;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/// The SQS queue that EventBridge feeds.
final class EventQueue {
    /// Most messages in one call.
    static final int MESSAGES_A_CALL = 10;
    /// The longest that SQS allows: an idle queue costs three calls a minute.
    private static final int LONG_POLL_SECONDS = 20;

    private final SqsClient sqs;
    private final String url;
    private final AwsCalls calls;

    EventQueue(SqsClient sqs, URI url, AwsCalls calls) {
        this.sqs = sqs;
        this.url = url.toString();
        this.calls = calls;
    }

    /// Waits for messages; empty: none came in 20 s.
    ///
    /// @param hold how long they are hidden from whoever receives next, in full seconds
    List<Message> receive(Duration hold) throws AwsException {
        return calls.call(
                        "sqs:ReceiveMessage",
                        () -> sqs.receiveMessage(ReceiveMessageRequest.builder()
                                .queueUrl(url)
                                .maxNumberOfMessages(MESSAGES_A_CALL)
                                .waitTimeSeconds(LONG_POLL_SECONDS)
                                .visibilityTimeout(Math.toIntExact(hold.toSeconds()))
                                .build()))
                .messages();
    }

    /// Hides these for longer, from now on.
    ///
    /// @param hold in full seconds
    /// @return those that SQS does not hide any longer: it does for 12 hours at most
    List<String> hide(List<String> receipts, Duration hold) throws AwsException {
        var refused = new ArrayList<String>();
        for (List<String> part : Parts.of(receipts, MESSAGES_A_CALL)) {
            var entries = new ArrayList<ChangeMessageVisibilityBatchRequestEntry>();
            for (String receipt : part) {
                entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                        .id(Integer.toString(entries.size()))
                        .receiptHandle(receipt)
                        .visibilityTimeout(Math.toIntExact(hold.toSeconds()))
                        .build());
            }
            var answer = calls.call(
                    "sqs:ChangeMessageVisibility",
                    () -> sqs.changeMessageVisibilityBatch(ChangeMessageVisibilityBatchRequest.builder()
                            .queueUrl(url)
                            .entries(entries)
                            .build()));
            for (var failed : answer.failed()) {
                if (Boolean.TRUE.equals(failed.senderFault())) {
                    refused.add(part.get(Integer.parseInt(failed.id())));
                }
            }
        }
        return refused;
    }

    /// Done with these. What could not be deleted comes again, which does no harm.
    void delete(List<String> receipts) throws AwsException {
        for (List<String> part : Parts.of(receipts, MESSAGES_A_CALL)) {
            var entries = new ArrayList<DeleteMessageBatchRequestEntry>();
            for (String receipt : part) {
                entries.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(entries.size()))
                        .receiptHandle(receipt)
                        .build());
            }
            calls.call(
                    "sqs:DeleteMessage",
                    () -> sqs.deleteMessageBatch(DeleteMessageBatchRequest.builder()
                            .queueUrl(url)
                            .entries(entries)
                            .build()));
        }
    }
}
