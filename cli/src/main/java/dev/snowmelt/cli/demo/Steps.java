package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Rollback;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What every demo does: declares, waits, and says what did not end as it had to.
final class Steps {
    static final Duration LONGEST = Duration.ofSeconds(90);
    /// Longer than the planner's `settle`, so that what is measured is not the wait for a quiet
    /// census.
    static final Duration QUIET = Duration.ofSeconds(3);

    private final Story story;
    private final Proposer proposer;

    Steps(Story story, Proposer proposer) {
        this.story = story;
        this.proposer = proposer;
    }

    void declare(Declare declare) throws InterruptedException {
        propose(Proposal.newBuilder().setDeclare(declare), declare.getWorkload());
    }

    /// Back to the revision before.
    void rollBack(String workload) throws InterruptedException {
        propose(Proposal.newBuilder().setRollback(Rollback.newBuilder().setWorkload(workload)), workload);
    }

    private void propose(Proposal.Builder proposal, String workload) throws InterruptedException {
        Answer answer = proposer.propose(
                        List.of(proposal.setBy("demo")
                                .setReason("snowmelt demo")
                                .build()),
                        LONGEST)
                .getFirst();
        if (!answer.hasAccepted()) {
            throw new CliException(
                    "The demo's own declaration of " + workload + " was refused: " + answer.getRefused());
        }
        story.tell("declared  %s, revision %d"
                .formatted(workload, answer.getAccepted().getRevision()));
    }

    /// @throws CliException when they do not become conformant: nothing can be shown then
    void awaitConformant(int instances, String what) throws InterruptedException {
        boolean conformant = story.awaitThat(
                () -> story.verdicts().stream()
                                .filter(verdict -> verdict.getState() == Verdict.State.CONFORMANT)
                                .count()
                        == instances,
                LONGEST);
        if (!conformant) {
            throw new CliException("The " + instances + " " + what + " of the demo did not become conformant within "
                    + LONGEST.toSeconds() + " s; run it again with SNOWMELT_LOG_LEVEL=INFO to see what the roles say.");
        }
        story.tell("all well  " + instances + " " + what + " run what is declared");
        story.pause(QUIET);
    }

    void awaitEnd(Snowflake snowflake) throws InterruptedException {
        awaitEnd(snowflake, snowflake.expected());
    }

    void awaitEnd(Snowflake snowflake, Snowflake.End end) throws InterruptedException {
        // What did not come in time is told by the report.
        var _ = story.await(
                snowflake, s -> s.seen() && s.end().filter(is -> is == end).isPresent(), LONGEST);
    }

    /// A line for each drift that was not seen, or did not end as it had to.
    List<String> violations() {
        var violations = new ArrayList<String>();
        for (Snowflake snowflake : story.snowflakes()) {
            if (!snowflake.seen()) {
                violations.add(snowflake.what() + ": was not seen");
            }
            if (!snowflake.done()) {
                violations.add(snowflake.what() + ": ended "
                        + snowflake.end().map(Snowflake.End::name).orElse("not at all") + ", should be "
                        + snowflake.expected());
            }
        }
        return violations;
    }
}
