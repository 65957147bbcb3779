package dev.snowmelt.cli.declare;

import static dev.snowmelt.cli.declare.Drafts.CART;
import static dev.snowmelt.cli.declare.Drafts.WEB;
import static dev.snowmelt.cli.declare.Drafts.declaration;
import static dev.snowmelt.cli.declare.Drafts.declare;
import static dev.snowmelt.cli.declare.Drafts.spec;
import static dev.snowmelt.cli.declare.Drafts.stated;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Wish;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Accepted;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Refused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Against a registrar that refuses everything, or that takes everything.
class WatchPassTest {
    private static final String MARK = "watch:prod";
    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    private final List<Proposal> proposed = new ArrayList<>();
    private final WatchPass pass = pass("100%", Duration.ZERO, this::refuse);
    /// What is declared at the registrar that takes everything.
    private final Map<WorkloadId, Declaration> declared = new HashMap<>();

    private int seconds;

    private static WatchPass pass(String limit, Duration pruneAfter, Function<Wish, Answer> registrar) {
        return new WatchPass(
                new WatchSettings(
                        new Config.Kafka("127.0.0.1:1", true, "", 1, 1, 1, Map.of()),
                        Optional.empty(),
                        Path.of("folder"),
                        new Reconciliation.Rules(MARK, false, PruneLimit.parse(limit)),
                        true,
                        pruneAfter,
                        Duration.ofSeconds(1),
                        Duration.ZERO,
                        Duration.ofSeconds(1)),
                (wishes, _) -> wishes.stream().map(registrar).toList(),
                new WatchMetrics(new SimpleMeterRegistry()));
    }

    private WatchPass fresh() {
        return pass("50%", Duration.ofSeconds(30), this::take);
    }

    /// Looks for long enough that what may be removed is.
    private void look(WatchPass watcher, Gathered folder) throws InterruptedException {
        for (int look = 0; look < 5; look++) {
            seconds += 10;
            while (watcher.run(folder, Map.copyOf(declared), NOW.plusSeconds(seconds))) {
                assertThat(declared.size()).isLessThan(100);
            }
        }
    }

    private static Gathered folder(String target, int from, int to) {
        return stated(IntStream.range(from, to)
                .mapToObj(number -> declare("k8s:" + target + "/shop/Deployment/w" + number, Drafts.PINNED))
                .toArray(Declare[]::new));
    }

    private long left(String target) {
        return declared.keySet().stream()
                .filter(workload -> workload.target().name().equals(target))
                .count();
    }

    @Test
    void anotherFolderOfTheSameSizeRemovesNothingAfterARestartEither() throws InterruptedException {
        var watcher = fresh();
        look(watcher, folder("prod", 0, 10));

        look(watcher, folder("staging", 0, 10));
        assertThat(left("prod")).isEqualTo(10);
        assertThat(left("staging")).isEqualTo(10);

        look(fresh(), folder("staging", 0, 10));
        assertThat(left("prod")).isEqualTo(10);

        look(fresh(), folder("staging", 0, 11)); // and while it goes on declaring
        look(fresh(), folder("staging", 0, 11));
        assertThat(left("prod")).isEqualTo(10);
    }

    @Test
    void whatTheOtherFolderBroughtGoesWhenTheRightOneIsBack() throws InterruptedException {
        var watcher = fresh();
        look(watcher, folder("prod", 0, 10));
        look(watcher, folder("staging", 0, 5));

        look(watcher, folder("prod", 0, 10));

        assertThat(left("prod")).isEqualTo(10);
        assertThat(left("staging")).isZero();
    }

    @Test
    void aWatcherThatWasAwayRemovesWhatVanishedMeanwhile() throws InterruptedException {
        look(fresh(), folder("prod", 0, 10));

        look(fresh(), folder("prod", 3, 12));

        assertThat(declared.keySet()).hasSize(9).doesNotContain(WorkloadId.parse("k8s:prod/shop/Deployment/w0"));
    }

    @Test
    void aWatcherThatIsRestartedBeforeItRemovesCountsTheSame() throws InterruptedException {
        look(fresh(), folder("prod", 0, 10));

        var interrupted = fresh();
        interrupted.run(folder("prod", 6, 20), Map.copyOf(declared), NOW.plusSeconds(seconds)); // publishes ten
        assertThat(left("prod")).isEqualTo(20);

        look(fresh(), folder("prod", 6, 20));

        assertThat(left("prod"))
                .as("six of ten are more than half, six of twenty are not")
                .isEqualTo(20);
    }

    @Test
    void whatIsMissingStepByStepIsMissingAtOnce() throws InterruptedException {
        var watcher = fresh();
        look(watcher, folder("prod", 0, 10));

        watcher.run(folder("prod", 5, 10), Map.copyOf(declared), NOW.plusSeconds(seconds));
        look(watcher, folder("prod", 8, 14));

        assertThat(left("prod")).isEqualTo(14);
    }

    @Test
    void aRenameWhoseNewNameIsRefusedKeepsTheOldOne() throws InterruptedException {
        Gathered folder = stated(declare(CART, Drafts.PINNED), declare(WEB + "2", Drafts.PINNED));

        for (int look = 0; look < 3; look++) {
            assertThat(pass.run(folder, own(CART, WEB), NOW)).isFalse();
        }

        assertThat(proposed).singleElement().matches(Proposal::hasDeclare);
    }

    @Test
    void aRefusedRemovalIsNotProposedAgainUntilTheDeclarationChanges() throws InterruptedException {
        pass.run(stated(declare(CART, Drafts.PINNED), declare(WEB, Drafts.PINNED)), own(CART, WEB), NOW);
        Gathered folder = stated(declare(CART, Drafts.PINNED));

        for (int look = 0; look < 3; look++) {
            assertThat(pass.run(folder, own(CART, WEB), NOW)).isFalse();
        }
        assertThat(proposed).singleElement().matches(Proposal::hasRemoval);

        var web = WorkloadId.parse(WEB);
        pass.run(
                folder,
                Map.of(
                        WorkloadId.parse(CART),
                        declaration(WorkloadId.parse(CART), 1, MARK, spec(Drafts.PINNED)),
                        web,
                        declaration(web, 2, MARK, spec(Drafts.image('b')))),
                NOW);
        assertThat(proposed).hasSize(2);
    }

    private static Map<WorkloadId, Declaration> own(String first, String second) {
        var one = WorkloadId.parse(first);
        var two = WorkloadId.parse(second);
        return Map.of(
                one, declaration(one, 1, MARK, spec(Drafts.PINNED)),
                two, declaration(two, 1, MARK, spec(Drafts.PINNED)));
    }

    private Answer take(Wish wish) {
        Proposal proposal = ((Wish.Plain) wish).proposal();
        if (proposal.hasDeclare()) {
            var workload = WorkloadId.parse(proposal.getDeclare().getWorkload());
            var before = declared.getOrDefault(workload, Declaration.getDefaultInstance());
            declared.put(
                    workload,
                    before.toBuilder()
                            .clearRevisions()
                            .addRevisions(Drafts.revision(
                                            before.getRevisionsCount() + 1,
                                            proposal.getBy(),
                                            proposal.getDeclare().getSpec())
                                    .toBuilder()
                                    .setReason(proposal.getReason())
                                    .setDeclaredAt(Timestamps.fromSeconds(seconds)))
                            .addAllRevisions(before.getRevisionsList())
                            .build());
        } else {
            declared.remove(WorkloadId.parse(proposal.getRemoval().getWorkload()));
        }
        return Answer.newBuilder()
                .setAccepted(Accepted.newBuilder().setRevision(1))
                .build();
    }

    private Answer refuse(Wish wish) {
        if (wish instanceof Wish.Plain(Proposal proposal)) {
            proposed.add(proposal);
        }
        return Answer.newBuilder()
                .setRefused(Refused.newBuilder()
                        .addProblems(Problem.newBuilder().setMessage("may not").build()))
                .build();
    }
}
