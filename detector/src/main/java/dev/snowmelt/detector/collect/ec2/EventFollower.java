package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.Backoff;
import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.detector.collect.PublishException;
import dev.snowmelt.detector.collect.Surroundings;
import dev.snowmelt.detector.collect.ec2.EventInbox.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.Message;

/// Follows the queue: gathers what events name for a moment, looks at it, and deletes the messages
/// when what was seen is acknowledged by Kafka.
///
/// A look that fails is repeated until it succeeds, together with what came meanwhile: its messages
/// stay in hand, hidden in the queue, and less is received. What events tell by themselves, that
/// somebody was inside an instance, waits for no look.
final class EventFollower implements AutoCloseable {
    private static final String LOOK = "look";
    private static final Logger log = LoggerFactory.getLogger(EventFollower.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /// Of messages that keep coming.
    private static final Duration LONGEST_GATHERING = Duration.ofSeconds(1);

    private static final Duration LULL = Duration.ofMillis(50);
    private static final int MOST_AT_ONCE = 1_000;
    private static final int REMEMBERED_STRANGERS = 10_000;

    private final EventInbox inbox;
    private final EventParser parser;
    private final Looker looker;
    private final Surroundings session;
    private final Ec2Metrics metrics;
    private final Duration gather;
    private final SecondLooks secondLooks;
    /// Something is to be looked at again.
    private volatile boolean unsettled;
    private final Set<String> strangers = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_STRANGERS;
        }
    });
    private final Set<String> said = new HashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    EventFollower(
            EventQueue queue,
            EventParser parser,
            Looker looker,
            Surroundings session,
            Ec2Metrics metrics,
            Ec2CollectorSettings settings) {
        this.inbox = new EventInbox(queue, settings.hold(), session.problems());
        this.parser = parser;
        this.looker = looker;
        this.session = session;
        this.metrics = metrics;
        this.gather = settings.gather();
        this.secondLooks = new SecondLooks(settings.again());
    }

    /// Begins to follow; once.
    synchronized void start() {
        if (threads.isEmpty() && !closed) {
            threads.add(thread("receive events", inbox::receive));
            threads.add(thread("hold events", inbox::hold));
            threads.add(thread("follow events", this::follow));
        }
    }

    /// Whether what the queue has told was looked at and seen as it will stay. What AWS has not put
    /// there yet nobody knows.
    boolean following() {
        return inbox.clear() && !unsettled;
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private Thread thread(String name, Work work) {
        return Thread.ofVirtual().name(name).start(() -> untilClosed(work));
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
            if (!closed) {
                session.failed().accept(e);
            }
        }
    }

    /// What is to be done: what was taken out of the inbox since the last look that succeeded.
    private static final class Batch {
        EventNews news = new EventNews();
        final List<String> receipts = new ArrayList<>();
        long since;

        boolean isEmpty() {
            return news.isEmpty() && receipts.isEmpty();
        }
    }

    private void follow() throws InterruptedException {
        var backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        var batch = new Batch();
        long notBefore = System.nanoTime();
        while (!closed) {
            long now = System.nanoTime();
            Received first = inbox.poll(batch.isEmpty() ? secondLooks.nanosUntilDue(now) : notBefore - now);
            if (first != null) {
                gather(first, batch);
            }
            if (System.nanoTime() - notBefore < 0) {
                continue;
            }
            try {
                settle(batch);
                batch = new Batch();
                inbox.trouble(false);
                backoff.reset();
            } catch (LookException _) {
                inbox.trouble(true);
                notBefore = System.nanoTime() + backoff.next().toNanos();
            }
        }
    }

    private void gather(Received first, Batch batch) throws InterruptedException {
        if (batch.isEmpty()) {
            batch.since = first.at();
        }
        long until = first.at() + gather.toNanos();
        long latest = first.at() + LONGEST_GATHERING.toNanos();
        int taken = 0;
        for (Received next = first; next != null; taken++) {
            take(next.message(), batch);
            until = Math.max(until, Math.min(latest, next.at() + (inbox.backlog() ? gather : LULL).toNanos()));
            next = taken < MOST_AT_ONCE ? inbox.poll(until - System.nanoTime()) : null;
        }
        looker.touched(batch.news);
    }

    private void take(Message message, Batch batch) {
        switch (parser.read(message.body())) {
            case EventReading.Understood(EventNews told, String untold) -> {
                metrics.message(kind(told, untold));
                if (!untold.isEmpty() && said.add(untold)) {
                    log.atWarn()
                            .addKeyValue("message", message.messageId())
                            .addKeyValue("call", untold)
                            .log("a call is for instances by their tags or the like: which were touched is not told");
                }
                batch.news.add(told);
                batch.receipts.add(message.receiptHandle());
            }
            case EventReading.Foreign(String kind, String what) -> {
                inbox.leave(message);
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

    /// Looks once, and deletes the messages.
    ///
    /// @throws LookException when AWS does not answer; what was done is taken out of the batch
    private void settle(Batch batch) throws LookException {
        secondLooks.addDue(batch.news, System.nanoTime());
        if (!batch.news.isEmpty()) {
            EventNews unsettled = look(batch.news);
            secondLooks.looked(batch.news, unsettled, System.nanoTime());
            this.unsettled = secondLooks.any();
            batch.news = new EventNews();
            if (!batch.receipts.isEmpty()) {
                metrics.looked(Duration.ofNanos(System.nanoTime() - batch.since));
            }
        }
        if (!batch.receipts.isEmpty()) {
            inbox.delete(batch.receipts);
            batch.receipts.clear();
        }
    }

    private EventNews look(EventNews news) throws LookException {
        try {
            EventNews unsettled = looker.look(news);
            session.publisher().flush();
            session.problems().clear(LOOK);
            return unsettled;
        } catch (LookException e) {
            if (!Thread.currentThread().isInterrupted()) {
                session.problems().report(LOOK, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /// Stops its threads soon, without waiting for them.
    @Override
    public synchronized void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
