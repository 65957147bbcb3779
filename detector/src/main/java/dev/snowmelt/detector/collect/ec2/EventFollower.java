package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.Backoff;
import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.detector.collect.PublishException;
import dev.snowmelt.detector.collect.Surroundings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.Message;

/// Follows the queue: gathers what events name for a moment, looks at it, and deletes the messages
/// when what was seen is acknowledged by Kafka. One thread receives, one looks.
///
/// A look that fails is repeated until it succeeds, and no more messages are taken meanwhile than
/// fit into the inbox: they wait in the queue.
final class EventFollower implements AutoCloseable {
    private static final String QUEUE = "queue";
    private static final String LOOK = "look";
    private static final Logger log = LoggerFactory.getLogger(EventFollower.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /// Of messages that keep coming.
    private static final Duration LONGEST_GATHERING = Duration.ofSeconds(1);

    private static final Duration LULL = Duration.ofMillis(50);
    private static final int INBOX = 2_000;
    private static final int MOST_IN_A_LOOK = 1_000;
    private static final int REMEMBERED_STRANGERS = 10_000;

    private record Received(Message message, long at) {}

    private final EventQueue queue;
    private final EventParser parser;
    private final Looker looker;
    private final Surroundings session;
    private final Ec2Metrics metrics;
    private final Duration gather;
    private final BlockingQueue<Received> inbox = new LinkedBlockingQueue<>(INBOX);
    private final SecondLooks secondLooks;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<String> strangers = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_STRANGERS;
        }
    });
    private final Set<String> said = new HashSet<>();
    /// The queue had as many messages as it could give: it has more.
    private volatile boolean backlog;
    private @Nullable Thread receiver;
    private @Nullable Thread follower;

    EventFollower(
            EventQueue queue,
            EventParser parser,
            Looker looker,
            Surroundings session,
            Ec2Metrics metrics,
            Ec2CollectorSettings settings) {
        this.queue = queue;
        this.parser = parser;
        this.looker = looker;
        this.session = session;
        this.metrics = metrics;
        this.gather = settings.gather();
        this.secondLooks = new SecondLooks(settings.again());
    }

    /// Begins to follow; once.
    synchronized void start() {
        if (receiver == null && !isClosed()) {
            receiver = Thread.ofVirtual().name("receive events").start(() -> untilClosed(this::receive));
            follower = Thread.ofVirtual().name("follow events").start(() -> untilClosed(this::follow));
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void untilClosed(Work work) {
        try {
            work.run();
        } catch (InterruptedException _) {
            log.atDebug().log("stopped following events");
        } catch (PublishException _) {
            // The session knows: it is told of the first record that fails.
            log.atDebug().log("stopped following events: Kafka takes nothing more in this session");
        } catch (RuntimeException e) {
            // Also a fault of ours must not end this unseen.
            if (!isClosed()) {
                session.failed().accept(e);
            }
        }
    }

    private void receive() throws InterruptedException {
        var backoff = new Backoff(Duration.ofMillis(500), LONGEST_PAUSE);
        while (!isClosed()) {
            try {
                List<Message> messages = queue.receive();
                backlog = messages.size() == EventQueue.MESSAGES_A_CALL;
                for (Message message : messages) {
                    inbox.put(new Received(message, System.nanoTime()));
                }
                session.problems().clear(QUEUE);
                backoff.reset();
            } catch (AwsException e) {
                if (!isClosed()) {
                    session.problems().report(QUEUE, String.valueOf(e.getMessage()));
                }
                pause(backoff.next());
            }
        }
    }

    private void follow() throws InterruptedException {
        while (!isClosed()) {
            var news = new EventNews();
            var receipts = new ArrayList<String>();
            Received first = inbox.poll(secondLooks.nanosUntilDue(System.nanoTime()), TimeUnit.NANOSECONDS);
            if (first != null) {
                gather(first, news, receipts);
            }
            secondLooks.addDue(news, System.nanoTime());
            if (!news.isEmpty()) {
                look(news, first);
            }
            if (!receipts.isEmpty()) {
                delete(receipts);
            }
        }
    }

    private void gather(Received first, EventNews news, List<String> receipts) throws InterruptedException {
        long until = first.at + gather.toNanos();
        long latest = first.at + LONGEST_GATHERING.toNanos();
        int taken = 0;
        for (Received next = first; next != null; taken++) {
            take(next.message, news, receipts);
            until = Math.max(until, Math.min(latest, next.at + (backlog ? gather : LULL).toNanos()));
            next = taken < MOST_IN_A_LOOK ? inbox.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS) : null;
        }
    }

    private void take(Message message, EventNews news, List<String> receipts) {
        switch (parser.read(message.body())) {
            case EventReading.Understood(EventNews told, String untold) -> {
                metrics.message(kind(told, untold));
                if (!untold.isEmpty() && said.add(untold)) {
                    log.atWarn()
                            .addKeyValue("message", message.messageId())
                            .addKeyValue("call", untold)
                            .log("a call is for instances by their tags or the like: which were touched is not told");
                }
                news.add(told);
                receipts.add(message.receiptHandle());
            }
            case EventReading.Foreign(String kind, String what) -> {
                // It comes again and again until the queue gives it up.
                if (strangers.add(message.messageId())) {
                    metrics.message(kind);
                }
                if (said.add(kind)) {
                    log.atWarn()
                            .addKeyValue("message", message.messageId())
                            .addKeyValue("kind", kind)
                            .log("a message of the queue {}: it is left to the queue's redrive policy", what);
                }
            }
        }
    }

    private static String kind(EventNews told, String untold) {
        if (!untold.isEmpty()) {
            return "untold";
        }
        return told.isEmpty() ? "nothing" : told.touches().isEmpty() ? "change" : "touch";
    }

    /// Looks until it succeeds.
    private void look(EventNews news, @Nullable Received first) throws InterruptedException {
        var backoff = new Backoff(Duration.ofMillis(500), LONGEST_PAUSE);
        while (!isClosed()) {
            try {
                EventNews unsettled = looker.look(news);
                session.publisher().flush();
                session.problems().clear(LOOK);
                if (first != null) {
                    metrics.looked(Duration.ofNanos(System.nanoTime() - first.at));
                }
                secondLooks.looked(news, unsettled, System.nanoTime());
                return;
            } catch (LookException e) {
                if (!isClosed()) {
                    session.problems().report(LOOK, String.valueOf(e.getMessage()));
                }
                pause(backoff.next());
            }
        }
    }

    private void delete(List<String> receipts) {
        try {
            if (!isClosed() && queue.delete(receipts) < receipts.size()) {
                log.atDebug().log("some messages could not be deleted and come again");
            }
        } catch (AwsException e) {
            session.problems().report(QUEUE, String.valueOf(e.getMessage()));
        }
    }

    private void pause(Duration duration) throws InterruptedException {
        if (closed.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("closed");
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /// Stops both threads soon, without waiting for them.
    @Override
    public synchronized void close() {
        closed.countDown();
        if (receiver != null) {
            receiver.interrupt();
        }
        if (follower != null) {
            follower.interrupt();
        }
    }
}
