package dev.snowmelt.streams;

import dev.snowmelt.schemas.topic.BrokerCheckException;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Durability;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of one topology: it starts on brokers that are fit for it, says why it does not work,
/// replaces a thread that failed a bounded number of times, and stops within 10 s.
public final class StreamsRole implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsRole.class);
    /// After so many failures of a thread that were not forgiven ([Failures]) it is no accident any more.
    private static final int REPLACEMENTS = 5;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);
    private static final int CALL_TIMEOUT_MS = 5_000;

    private final StreamsApplication application;
    private final StreamsSettings settings;
    private final RocksMemory memory;
    private final Topology topology;
    private final KafkaClientSupplier clients;
    private final CorruptState corrupt;
    private final Failures failures = new Failures(System::nanoTime);
    private volatile @Nullable KafkaStreams streams;

    public StreamsRole(StreamsApplication application, Topology topology, StreamsSettings settings) {
        this(application, topology, settings, new DefaultKafkaClientSupplier());
    }

    /// @param clients makes the clients; tests let them fail
    public StreamsRole(
            StreamsApplication application, Topology topology, StreamsSettings settings, KafkaClientSupplier clients) {
        this.application = application;
        this.settings = settings;
        this.memory = new RocksMemory(settings.rocksMemoryBytes());
        this.corrupt = new CorruptState(settings.stateDir().resolve(application.id()));
        this.topology = topology;
        this.clients = clients;
    }

    private KafkaStreams make(Durability topics) {
        var config = settings.streamsConfig(application);
        StreamsSettings.keepAs(topics, config);
        config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksSettings.class);
        config.put(RocksMemory.CONFIG, memory);
        var made = new KafkaStreams(topology, new StreamsConfig(config), clients);
        made.setUncaughtExceptionHandler(this::failed);
        made.setStateListener((to, from) -> {
            failures.works(to == KafkaStreams.State.RUNNING);
            LOG.atInfo()
                    .addKeyValue("role", application.name())
                    .addKeyValue("from", from)
                    .addKeyValue("to", to)
                    .log("role changes its state");
        });
        return made;
    }

    /// Makes sure of what its promises rest on, starts its threads and returns; [#unready] says
    /// when it works.
    ///
    /// @throws BrokerCheckException when a topic is missing or has another number of partitions,
    /// the brokers' transaction.version is too low for exactly-once, or Kafka does not answer
    public void start() {
        start(() -> {});
    }

    /// The same with a step before it takes part.
    ///
    /// @param first run once, when the brokers are known to be fit and before the group is joined
    public void start(Runnable first) {
        var finding = new BrokerChecks(settings.bootstrapServers(), settings.adminConfig()).look(application.needs());
        if (!finding.problems().isEmpty()) {
            throw new BrokerCheckException(finding.problems());
        }
        Durability topics = durability();
        first.run();
        begin(topics);
    }

    /// The topics behind the stores hold what stands nowhere else: they are kept as well as the topics that people
    /// made, whatever the brokers' defaults are.
    private Durability durability() {
        Durability found;
        try (Admin admin = Admin.create(settings.adminConfig())) {
            found = Durability.of(admin, application.keptAs(), CALL_TIMEOUT_MS);
        } catch (KafkaException e) {
            throw new BrokerCheckException(List.of("Kafka at " + settings.bootstrapServers()
                    + " does not say how many replicas " + application.keptAs().name() + " has ("
                    + e.getMessage() + ")."));
        }
        if (found.inSync().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("role", application.name())
                    .addKeyValue("topic", application.keptAs().name())
                    .log("its min.insync.replicas is not told to this user (DESCRIBE_CONFIGS): new topics behind the"
                            + " role's stores take the brokers' default");
        }
        return found;
    }

    /// Streams opens the stores that it finds before its threads begin, and cannot be started twice.
    private void begin(Durability topics) {
        while (true) {
            KafkaStreams made = make(topics);
            streams = made;
            try {
                made.start();
                return;
            } catch (StreamsException e) {
                if (!CorruptState.isCorruption(e)) {
                    throw e;
                }
                made.close(CLOSE_WITHIN);
                Optional<String> mended = corrupt.mend(e);
                if (mended.isEmpty()) {
                    throw e;
                }
                tell(e, mended.get());
            }
        }
    }

    private void tell(Throwable cause, String task) {
        LOG.atError()
                .setCause(cause)
                .addKeyValue("role", application.name())
                .addKeyValue("task", task)
                .log("stores on disk are damaged: they were removed and are read again from their changelogs");
    }

    /// Why it does not work now; empty: it does.
    public Optional<String> unready() {
        KafkaStreams.State state = state();
        return state == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of(
                        "the " + application.name() + " is " + state.name().toLowerCase(Locale.ROOT));
    }

    /// True when it has given up: only a new process can help.
    public boolean failed() {
        return state() == KafkaStreams.State.ERROR;
    }

    private KafkaStreams.State state() {
        KafkaStreams made = streams;
        return made == null ? KafkaStreams.State.CREATED : made.state();
    }

    /// Stops within 10 s. It leaves the group, so that others take over at once, unless nobody else
    /// keeps its stores warm and it has a stable name: then its partitions wait for its return, as
    /// long as the session timeout says.
    @Override
    public void close() {
        KafkaStreams made = streams;
        boolean clean = made == null
                || made.close(CloseOptions.timeout(CLOSE_WITHIN)
                        .withGroupMembershipOperation(
                                settings.staticMember() && settings.standbys() == 0
                                        ? GroupMembershipOperation.REMAIN_IN_GROUP
                                        : GroupMembershipOperation.LEAVE_GROUP));
        if (clean) {
            memory.close();
        } else {
            // Stores may still be open: their memory is theirs until the process ends.
            LOG.atWarn()
                    .addKeyValue("role", application.name())
                    .addKeyValue("within", CLOSE_WITHIN)
                    .log("role did not stop in time");
        }
    }

    private StreamThreadExceptionResponse failed(Throwable cause) {
        Optional<String> mended = corrupt.mend(cause);
        if (mended.isPresent()) {
            tell(cause, mended.get());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        int failure = failures.failed();
        boolean again = failure <= REPLACEMENTS && !(cause instanceof Error);
        LOG.atError()
                .setCause(cause)
                .addKeyValue("role", application.name())
                .addKeyValue("failure", failure)
                .log(again ? "a thread of the role failed and is replaced" : "the role failed and stops");
        return again ? StreamThreadExceptionResponse.REPLACE_THREAD : StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
}
