package dev.snowmelt.sources.registry.resolve;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.sources.registry.Registry;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.VerdictRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The registry role. Every replica follows all of `declarations`; a consumer group shares the
/// partitions of `verdicts`, which are read from their beginning by whoever gets them, so that
/// nothing pending is forgotten and nothing needs to be kept. What verdicts leave open is asked of
/// registries and proposed to the registrar, who keeps the answer in the revision: then the verdict
/// changes, and the question is gone.
///
/// One thread reads, decides what is due and proposes; registries are asked on virtual threads.
public final class Resolver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /// Questions to one registry at a time.
    private static final int AT_ONE_REGISTRY = 4;

    private final Topics topics;
    private final ResolverClients clients;
    private final OpenCases cases = new OpenCases();
    private final DeclaredNow declared = new DeclaredNow();
    private final Asking asking;
    private final MeterRegistry meters;
    private final Thread thread;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile String problem = "starting";
    private volatile @Nullable Consumer<byte @Nullable [], byte @Nullable []> waiting;

    /// @param registry asked without any care of its own; this class asks each digest once, waits
    /// after failures and limits how many questions are under way
    /// @param writing how a proposal is written: signed, or as it is
    public Resolver(
            Topics topics,
            ResolverSettings settings,
            Registry registry,
            Function<Proposal, byte[]> writing,
            InstantSource clock,
            MeterRegistry meters) {
        this.topics = topics;
        this.clients = new ResolverClients(settings);
        this.meters = meters;
        var backoff = new Backoff(settings.firstBackoff(), settings.longestBackoff(), new Random());
        var careful = new RememberingRegistry(
                new PatientRegistry(registry, clock, backoff, AT_ONE_REGISTRY, meters), clock, settings.confirm());
        this.asking = new Asking(
                cases,
                declared,
                careful,
                settings,
                backoff,
                new ProposalWriter(topics.proposals().name(), writing, clock, meters),
                clock,
                meters);
        Gauge.builder("snowmelt.resolver.pending", cases, OpenCases::size)
                .description("Digests that registries are still to be asked about")
                .register(meters);
        this.thread = Thread.ofPlatform().name("resolver").unstarted(this::run);
    }

    /// Starts reading; returns at once.
    public void start() {
        thread.start();
    }

    /// Why it does not do its part; empty: it does. A registry that does not answer is not among
    /// the reasons: nothing depends on this role's readiness, and its trouble is in the log and in
    /// the metrics.
    public String problem() {
        return problem;
    }

    /// Digests that registries are still to be asked about, or that the registrar still has to judge
    /// by their answer.
    public int pending() {
        return cases.size();
    }

    /// Digests that were pending once and are not any more, since the start: only ever more. A fast
    /// answer is seen here by whoever comes too late to see it pending.
    public long closed() {
        return cases.closed();
    }

    private void run() {
        while (!closing.get()) {
            try (var declarations = clients.declarations();
                    var verdicts = clients.verdicts();
                    var producer = clients.producer()) {
                waiting = verdicts;
                consume(declarations, verdicts, producer);
            } catch (WakeupException _) {
                // close() was called
            } catch (KafkaException e) {
                problem = "Kafka fails: " + e.getMessage();
                LOG.atWarn().addKeyValue("cause", e.getMessage()).log("what is pending is read again");
                pause();
            } catch (RuntimeException e) {
                // Outermost loop: a defect must be seen, not end the role in silence.
                problem = "a defect: " + e;
                LOG.atError().setCause(e).log("what is pending is read again");
                pause();
            } finally {
                waiting = null;
                cases.forget(_ -> true);
            }
        }
        asking.close();
        problem = "stopped";
    }

    private void consume(
            Consumer<byte @Nullable [], byte @Nullable []> declarations,
            Consumer<byte @Nullable [], byte @Nullable []> verdicts,
            ResolverClients.Proposals producer) {
        var catchUp = clients.fromBeginning(declarations, topics.declarations());
        verdicts.subscribe(List.of(topics.verdicts().name()), new Sharing(verdicts));
        while (!closing.get()) {
            declarations.poll(Duration.ZERO).forEach(this::declaration);
            verdicts.poll(POLL).forEach(this::verdict);
            if (!catchUp.reached(declarations)) {
                problem = "declarations are still being read";
            } else if (verdicts.groupMetadata().generationId() < 0) {
                problem = "no share of the verdicts yet";
            } else {
                problem = "";
                asking.step(producer);
            }
        }
    }

    private void declaration(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        var key = key(topics.declarations(), record);
        if (key != null && record.value() != null) {
            declared.put(key, record.value());
        } else if (key != null) {
            declared.remove(key);
        }
    }

    private void verdict(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        var key = key(topics.verdicts(), record);
        if (key == null) {
            return;
        }
        try {
            cases.verdict(key, record.value() == null ? null : VerdictRecord.parseFrom(record.value()));
        } catch (InvalidProtocolBufferException _) {
            unreadable(record);
            cases.verdict(key, null);
        }
    }

    private <K> @Nullable K key(Topic<K, ?> topic, ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        try {
            return topic.keySerde().deserializer().deserialize(topic.name(), record.key());
        } catch (SerializationException _) {
            unreadable(record);
            return null;
        }
    }

    // The stages that own these topics' contents bury what nobody can read; here it is only passed over.
    private void unreadable(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        Counter.builder("snowmelt.resolver.unreadable")
                .description("Records that the resolver could not read and passed over")
                .register(meters)
                .increment();
        LOG.atWarn()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .log("record passed over");
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            closing.set(true);
        }
    }

    /// Partitions come and go as replicas do: each is read from its beginning, and forgotten when
    /// it goes.
    private final class Sharing implements ConsumerRebalanceListener {
        private final Consumer<byte @Nullable [], byte @Nullable []> verdicts;

        Sharing(Consumer<byte @Nullable [], byte @Nullable []> verdicts) {
            this.verdicts = verdicts;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            verdicts.seekToBeginning(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            Predicate<Integer> gone = partition -> partitions.stream().anyMatch(each -> each.partition() == partition);
            cases.forget(key -> {
                Integer partition = topics.verdicts().partitionOf(key);
                return partition != null && gone.test(partition);
            });
        }
    }

    /// Stops within 5 s; may be called more than once.
    @Override
    public void close() {
        closing.set(true);
        Consumer<byte @Nullable [], byte @Nullable []> blocked = waiting;
        if (blocked != null) {
            blocked.wakeup();
        }
        try {
            if (thread.isAlive()) {
                thread.join(Duration.ofSeconds(5));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
