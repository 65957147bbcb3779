package dev.snowmelt.cli.declare;

import static dev.snowmelt.cli.declare.Drafts.CART;
import static dev.snowmelt.cli.declare.Drafts.WEB;
import static dev.snowmelt.cli.declare.Drafts.declaration;
import static dev.snowmelt.cli.declare.Drafts.declare;
import static dev.snowmelt.cli.declare.Drafts.spec;
import static dev.snowmelt.cli.declare.Drafts.stated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Wish;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Refused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Against a registrar that refuses everything.
class WatchPassTest {
    private static final String MARK = "watch:prod";
    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    private final List<Proposal> proposed = new ArrayList<>();
    private final WatchPass pass = new WatchPass(
            new WatchSettings(
                    new Config.Kafka("127.0.0.1:1", true, "", 1, 1, 1, Map.of()),
                    Optional.empty(),
                    Path.of("folder"),
                    new Reconciliation.Rules(MARK, false, PruneLimit.parse("100%")),
                    true,
                    Duration.ZERO,
                    Duration.ofSeconds(1),
                    Duration.ZERO,
                    Duration.ofSeconds(1)),
            (wishes, _) -> wishes.stream().map(this::refuse).toList(),
            new WatchMetrics(new SimpleMeterRegistry()));

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
