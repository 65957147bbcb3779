package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.Backoff;
import dev.snowmelt.detector.collect.Problems;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.Message;

/// Takes messages from the queue, and keeps them hidden there for as long as they are in hand, so
/// that none is received so often that the queue gives it up while AWS does not answer. One thread
/// receives, one prolongs, one takes out; interrupting them ends them.
final class EventInbox {
    private static final String QUEUE = "queue";
    private static final String HOLD = "messages in hand";
    private static final String DELETE = "messages that are done with";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int MOST = 1_000;
    /// While looks fail: more would only wait here instead of in the queue.
    private static final int MOST_IN_TROUBLE = 200;

    /// A message that was not looked at yet.
    ///
    /// @param at when it came, as [System#nanoTime]
    record Received(Message message, long at) {}

    private final EventQueue queue;
    private final Duration hold;
    private final Problems problems;
    private final InHand inHand;
    private final BlockingQueue<Received> inbox = new LinkedBlockingQueue<>(MOST);
    /// The queue had as many messages as it could give: it has more.
    private volatile boolean backlog;
    /// The last receive failed.
    private volatile boolean failing;
    private boolean trouble;

    /// @param hold how long the queue hides a message at a time
    EventInbox(EventQueue queue, Duration hold, Problems problems) {
        this.queue = queue;
        this.hold = hold;
        this.problems = problems;
        this.inHand = new InHand(hold);
    }

    /// Receives until it is interrupted.
    void receive() throws InterruptedException {
        var failures = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        var slow = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        while (true) {
            awaitTurn(slow);
            try {
                List<Message> messages = queue.receive(hold);
                inHand.took(messages.stream().map(Message::receiptHandle).toList(), System.nanoTime());
                backlog = messages.size() == EventQueue.MESSAGES_A_CALL;
                for (Message message : messages) {
                    inbox.put(new Received(message, System.nanoTime()));
                }
                problems.clear(QUEUE);
                failing = false;
                failures.reset();
            } catch (AwsException e) {
                failing = true;
                report(QUEUE, e);
                Thread.sleep(failures.next());
            }
        }
    }

    private synchronized void awaitTurn(Backoff slow) throws InterruptedException {
        if (!trouble) {
            slow.reset();
            return;
        }
        long until = System.nanoTime() + slow.next().toNanos();
        while (trouble) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            boolean full = inHand.size() >= MOST_IN_TROUBLE;
            if (left <= 0 && !full) {
                return;
            }
            wait(full ? 0 : left);
        }
    }

    /// Prolongs the hiding of what is in hand, until it is interrupted. In quiet times nothing is
    /// in hand for so long that it costs a call.
    void hold() throws InterruptedException {
        while (true) {
            Thread.sleep(hold.dividedBy(6));
            long now = System.nanoTime();
            List<String> due = inHand.due(now);
            if (due.isEmpty()) {
                // Whatever could not be hidden is done with.
                problems.clear(HOLD);
                continue;
            }
            try {
                List<String> refused = queue.hide(due, hold);
                inHand.held(due, now);
                // They come again, as the queue's own rules say: after 12 hours nothing else is possible.
                inHand.letGo(refused);
                problems.clear(HOLD);
            } catch (AwsException e) {
                report(HOLD, e);
            }
        }
    }

    /// The next message; null: none came in that time.
    @Nullable Received poll(long nanos) throws InterruptedException {
        return inbox.poll(nanos, TimeUnit.NANOSECONDS);
    }

    /// Whether the queue is about to give more at once.
    boolean backlog() {
        return backlog;
    }

    /// Whether all is done with that the queue has given, and nothing keeps it from giving more.
    boolean clear() {
        return !failing && !backlog && inHand.size() == 0;
    }

    /// A message that is nobody's here: the queue shows it again, and gives it up in the end.
    void leave(Message message) {
        inHand.letGo(List.of(message.receiptHandle()));
    }

    /// These are done with.
    void delete(List<String> receipts) throws AwsException {
        try {
            queue.delete(receipts);
            inHand.letGo(receipts);
            problems.clear(DELETE);
        } catch (AwsException e) {
            report(DELETE, e);
            throw e;
        }
    }

    /// What is taken out cannot be worked off: less and less is received, and at most so much that
    /// it is worth keeping in hand.
    synchronized void trouble(boolean is) {
        trouble = is;
        notifyAll();
    }

    private void report(String place, AwsException e) {
        // An interrupted call is no problem: somebody ends this.
        if (!Thread.currentThread().isInterrupted()) {
            problems.report(place, String.valueOf(e.getMessage()));
        }
    }
}
