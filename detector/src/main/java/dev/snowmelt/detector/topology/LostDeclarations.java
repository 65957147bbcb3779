package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.BrokerCheckException;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.StreamsSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a detector does whose changelogs were removed: its stores will be empty, yet its group says
/// that the declarations were read. Instances are told again by the next snapshot, declarations by
/// nobody: they are read again from the beginning. Without that a drift would go unseen for as long
/// as nobody declares. And what went meanwhile is told by nobody either: [StandingVerdicts].
final class LostDeclarations {
    private static final Logger LOG = LoggerFactory.getLogger(LostDeclarations.class);
    private static final int ASK_MILLIS = 5_000;
    private static final long PAUSE_MILLIS = 250;
    /// Members that were killed, or that keep their place, leave after their session. Others that
    /// start just now make the changelog in their first rebalance.
    private static final Duration OTHERS_LEAVE = StreamsSettings.SESSION_TIMEOUT.multipliedBy(3);

    private final Admin admin;
    private final TopicEnds asking;
    private final GroupEnds ends;
    private final StandingVerdicts standing;
    private final BooleanSupplier closing;
    private final String group;
    private final String changelog;
    private final List<TopicPartition> declarations;

    LostDeclarations(
            Admin admin,
            TopicEnds asking,
            GroupEnds ends,
            StandingVerdicts standing,
            BooleanSupplier closing,
            Topics topics) {
        this.admin = admin;
        this.asking = asking;
        this.ends = ends;
        this.standing = standing;
        this.closing = closing;
        group = topics.id("detector");
        changelog = group + "-" + TaskStores.DECLARATIONS + "-changelog";
        declarations = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.declarations().name(), partition))
                .toList();
    }

    /// Looks whether they are lost, and if so has the group read them again; to be called before
    /// the group is joined.
    ///
    /// @throws BrokerCheckException when somebody else of the group still works on what was removed
    /// @throws KafkaException when the brokers do not say
    void readAgain() {
        long started = System.nanoTime();
        while (!remembered()) {
            Map<TopicPartition, OffsetAndMetadata> beginning = beginningOfWhatWasRead();
            if (beginning.isEmpty() || reset(beginning)) {
                sayWhatStands();
                return;
            }
            if (closing.getAsBoolean()) {
                return;
            }
            if (System.nanoTime() - started > OTHERS_LEAVE.toNanos()) {
                throw new BrokerCheckException(List.of("The topic " + changelog + " was removed while members of the"
                        + " group " + group + " run; stop every 'snowmelt detect', then start them again."));
            }
            pause();
        }
    }

    /// When nobody is left who would read it into stores that are about to go, and whether or not
    /// anything was read of the declarations: only while the changelog is missing does anybody see
    /// that something was lost. Who dies in the middle leaves it missing.
    private void sayWhatStands() {
        long said = standing.sayAgain();
        if (said > 0) {
            LOG.atWarn()
                    .addKeyValue("missing", changelog)
                    .addKeyValue("verdicts", said)
                    .log("the detector's changelogs are gone: of what has a verdict the next complete snapshots tell"
                            + " whether it is still there");
        }
    }

    private boolean remembered() {
        Set<String> existing = asking.answer(
                "whether there is a topic " + changelog,
                () -> admin.listTopics(new ListTopicsOptions().timeoutMs(ASK_MILLIS))
                        .names());
        return existing.contains(changelog);
    }

    /// Empty when nothing was read.
    private Map<TopicPartition, OffsetAndMetadata> beginningOfWhatWasRead() {
        Map<TopicPartition, @Nullable OffsetAndMetadata> committed = ends.committed();
        Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
        for (TopicPartition partition : declarations) {
            OffsetAndMetadata read = committed.get(partition);
            if (read != null) {
                long first = asking.answer(
                        "the beginning of " + partition,
                        () -> admin.listOffsets(
                                        Map.of(partition, OffsetSpec.earliest()),
                                        new ListOffsetsOptions().timeoutMs(ASK_MILLIS))
                                .partitionResult(partition)
                                .thenApply(found -> found.offset()));
                if (read.offset() > first) {
                    beginning.put(partition, new OffsetAndMetadata(first));
                }
            }
        }
        return beginning;
    }

    /// @return false: the group has members
    private boolean reset(Map<TopicPartition, OffsetAndMetadata> beginning) {
        try {
            admin.alterConsumerGroupOffsets(
                            group, beginning, new AlterConsumerGroupOffsetsOptions().timeoutMs(ASK_MILLIS))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case UnknownMemberIdException _, GroupNotEmptyException _, RebalanceInProgressException _ -> false;
                case null, default -> throw new KafkaException("the declarations cannot be read again", e);
            };
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        LOG.atWarn()
                .addKeyValue("missing", changelog)
                .addKeyValue("partitions", beginning.size())
                .log("the detector's changelogs are gone: declarations are read again from the beginning");
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static KafkaException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new KafkaException("interrupted while looking for declarations", e);
    }
}
