package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;

/// Leadership for platforms that have nothing like a Lease: the members of the consumer group
/// `<prefix>collector.<target>` give partition 0 of `collectors` to one of them ([LeaderAssignor]),
/// and that one leads. Nothing is read from the topic.
///
/// The leader renews by committing an offset, whose metadata keeps the epoch. The coordinator takes
/// a commit only from a member of the group's present generation, and gives it a whole session
/// timeout from then on: so until nine tenths of that after a commit was *sent*, nobody else can
/// have become the owner. A leader that hears nothing stops by itself then, whatever it believes of
/// the group. Unlike heartbeats, commits are answered to the one that must know.
///
/// Epochs are above every one that the group's committed offset and the topic `collectors` know.
/// The offset may expire (by default after a week without members) and the group begins again at
/// generation 1; the topic is kept. The offset knows what an active one took and did not live to
/// write.
public final class GroupLeadership implements Leadership {
    private static final Duration SESSION = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final String EPOCH = "epoch ";

    /// @param renewedAt when the last acknowledged commit was sent, [System#nanoTime]
    private record Hold(long epoch, long renewedAt) {}

    private final Map<String, Object> kafka;
    private final String group;
    private final String topic;
    private final TopicPartition partition;
    private final Duration session;
    private final Duration trusted;
    private final Duration renewal;
    private final AtomicReference<@Nullable Hold> hold = new AtomicReference<>();
    private volatile boolean owner;
    private volatile @Nullable String trouble;
    private @Nullable Member member;

    /// @param kafka how to reach Kafka: `bootstrap.servers`, security
    public GroupLeadership(Map<String, Object> kafka, Topics topics, TargetId target) {
        this(kafka, topics, target, SESSION);
    }

    /// @param session how long nothing may be heard of a leader until another one leads; the
    /// broker's `group.min.session.timeout.ms`, 6 s by default, or more
    GroupLeadership(Map<String, Object> kafka, Topics topics, TargetId target, Duration session) {
        this.kafka = Map.copyOf(kafka);
        this.group = topics.id("collector." + target);
        this.topic = topics.collectors().name();
        this.partition = new TopicPartition(topic, LeaderAssignor.PARTITION);
        this.session = session;
        this.trusted = session.multipliedBy(9).dividedBy(10);
        this.renewal = session.dividedBy(10);
    }

    @Override
    public boolean held() {
        while (true) {
            Hold now = hold.get();
            if (now == null) {
                return false;
            }
            if (System.nanoTime() - now.renewedAt < trusted.toNanos()) {
                return true;
            }
            // Once it was said to be lost, a late acknowledgement must not bring it back.
            if (hold.compareAndSet(now, null)) {
                return false;
            }
        }
    }

    /// @throws KafkaException when the used epoch cannot be found out, or the settings are wrong
    @Override
    public OptionalLong tryAcquire(LongSupplier usedEpoch) throws LookException {
        Member now = member();
        if (!owner) {
            tellTrouble();
            return OptionalLong.empty();
        }
        long used = usedEpoch.getAsLong();
        return now.claim(used);
    }

    /// Renewing goes on by itself; this tells what is wrong with it.
    @Override
    public void renew() throws LookException {
        tellTrouble();
    }

    private void tellTrouble() throws LookException {
        String wrong = trouble;
        if (wrong != null) {
            throw new LookException(wrong, null, false);
        }
    }

    /// Leaves the group, so that the next one leads at once.
    @Override
    public void release() throws LookException {
        hold.set(null);
        Member last;
        synchronized (this) {
            last = member;
            member = null;
        }
        if (last != null) {
            last.close();
        }
    }

    @Override
    public Duration retry() {
        return renewal;
    }

    private synchronized Member member() {
        Member now = member;
        if (now == null) {
            now = new Member();
            member = now;
        }
        return now;
    }

    /// This process's membership of the group. Its thread must never wait for the collector: a
    /// member that does not poll holds up the others when one comes or goes.
    private final class Member implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;
        private final CountDownLatch closing = new CountDownLatch(1);
        private long joiningSince = System.nanoTime();

        Member() {
            consumer = LeadershipConsumer.open(kafka, group, session, renewal);
            consumer.subscribe(Set.of(topic), this);
            var _ = Thread.ofPlatform().daemon().name("member of " + group).start(this::run);
        }

        private void run() {
            try {
                do {
                    turn();
                } while (!closing.await(POLL.toMillis() / 2, TimeUnit.MILLISECONDS));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized void turn() {
            if (closing.getCount() == 0) {
                return;
            }
            try {
                consumer.poll(POLL);
                renew();
                trouble = absent();
            } catch (RebalanceInProgressException _) {
                // The next poll joins the new generation.
            } catch (CommitFailedException _) {
                hold.set(null);
            } catch (GroupAuthorizationException _) {
                trouble = "may not agree with other collectors: grant Read on the consumer group " + group;
            } catch (RuntimeException e) {
                // The outermost loop of a thread that nobody waits for.
                trouble = "cannot agree with other collectors in the consumer group " + group + ": "
                        + Problems.rootMessage(e);
            }
        }

        private void renew() {
            Hold before = hold.get();
            if (!owner || before == null || System.nanoTime() - before.renewedAt < renewal.toNanos()) {
                return;
            }
            hold.compareAndSet(before, commit(before.epoch));
        }

        /// What is wrong when the group does not let it in; null: it is a member, or not away for
        /// long.
        private @Nullable String absent() {
            if (consumer.groupMetadata().generationId() >= 0) {
                joiningSince = System.nanoTime();
            }
            return System.nanoTime() - joiningSince < session.toNanos()
                    ? null
                    : "cannot join the consumer group " + group + " in which collectors agree: is Kafka reachable?";
        }

        /// Takes the next epoch.
        ///
        /// @return empty: somebody else is the owner now
        synchronized OptionalLong claim(long used) throws LookException {
            if (!owner || closing.getCount() == 0) {
                return OptionalLong.empty();
            }
            try {
                OffsetAndMetadata last =
                        consumer.committed(Set.of(partition), ANSWER_WITHIN).get(partition);
                long above = Math.max(used, last == null ? 0 : epochIn(last.metadata())) + 1;
                long epoch = Math.max(above, consumer.groupMetadata().generationId());
                hold.set(commit(epoch));
                return OptionalLong.of(epoch);
            } catch (RebalanceInProgressException | CommitFailedException _) {
                return OptionalLong.empty();
            } catch (KafkaException e) {
                throw new LookException(
                        "cannot take the lead in the consumer group " + group + ": " + Problems.rootMessage(e),
                        e,
                        false);
            }
        }

        private Hold commit(long epoch) {
            long sent = System.nanoTime();
            // The offset says nothing: it lies where nobody's alarm on consumer lag minds it least.
            consumer.commitSync(
                    Map.of(partition, new OffsetAndMetadata(0, Optional.empty(), EPOCH + epoch)), ANSWER_WITHIN);
            return new Hold(epoch, sent);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> more) {
            consumer.pause(more);
            if (more.contains(partition)) {
                owner = true;
            }
        }

        /// Also when they are lost.
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            if (gone.contains(partition)) {
                owner = false;
                hold.set(null);
            }
        }

        void close() throws LookException {
            closing.countDown();
            synchronized (this) {
                owner = false;
                hold.set(null);
                try {
                    consumer.close(CloseOptions.timeout(ANSWER_WITHIN));
                } catch (KafkaException e) {
                    throw new LookException(
                            "cannot leave the consumer group " + group + ": " + Problems.rootMessage(e), e, false);
                }
            }
        }
    }

    private static long epochIn(@Nullable String metadata) {
        if (metadata == null || !metadata.startsWith(EPOCH)) {
            return 0;
        }
        try {
            return Long.parseLong(metadata.substring(EPOCH.length()));
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
