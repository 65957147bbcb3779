package dev.snowmelt.detector.collect.ec2;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;
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
    List<Message> receive() throws AwsException {
        return calls.call(
                        "sqs:ReceiveMessage",
                        () -> sqs.receiveMessage(ReceiveMessageRequest.builder()
                                .queueUrl(url)
                                .maxNumberOfMessages(MESSAGES_A_CALL)
                                .waitTimeSeconds(LONG_POLL_SECONDS)
                                .build()))
                .messages();
    }

    /// Done with these. What could not be deleted comes again, which does no harm.
    ///
    /// @return how many were deleted
    int delete(List<String> receipts) throws AwsException {
        int deleted = 0;
        for (List<String> part : Parts.of(receipts, MESSAGES_A_CALL)) {
            var entries = new ArrayList<DeleteMessageBatchRequestEntry>();
            for (String receipt : part) {
                entries.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(entries.size()))
                        .receiptHandle(receipt)
                        .build());
            }
            var answer = calls.call(
                    "sqs:DeleteMessage",
                    () -> sqs.deleteMessageBatch(DeleteMessageBatchRequest.builder()
                            .queueUrl(url)
                            .entries(entries)
                            .build()));
            deleted += answer.successful().size();
        }
        return deleted;
    }
}
