package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.config.Trust;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.cli.output.Table;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.SigningKey;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Proposes, waits for the answers and prints them: the same for everything that is proposed.
public final class Proposing {
    private Proposing() {}

    /// @param subjects what each proposal is about, for people
    /// @return exit code: 1 when one was refused
    public static int propose(SnowmeltCommand command, Config config, List<Proposal> proposals, List<String> subjects)
            throws InterruptedException {
        Topics topics = config.kafka().topics();
        command.await(config.kafka(), List.of(topics.proposals(), topics.answers()), Part.DECLARE);
        Snowmelt root = command.root();
        List<Answer> answers = new Proposer(
                        config.kafka(),
                        signer(root, config.trust(), proposals),
                        root.surroundings().clock())
                .propose(proposals, root.patience());
        root.results().print(() -> tree(answers), () -> lines(answers, subjects));
        return answers.stream().allMatch(Answer::hasAccepted) ? ExitCode.OK : ExitCode.ERROR;
    }

    /// A pause counts without a signature, so nothing that is wrong with a key may delay it.
    private static Optional<SigningKey> signer(Snowmelt root, Trust trust, List<Proposal> proposals) {
        try {
            return trust.signer();
        } catch (CliException e) {
            if (!proposals.stream().allMatch(proposal -> proposal.getOverride().getKind() == Override.Kind.PAUSE)) {
                throw e;
            }
            root.surroundings().err().println("snowmelt: " + e.lines().getFirst() + " Pausing without a signature.");
            return Optional.empty();
        }
    }

    private static ObjectNode tree(List<Answer> answers) {
        ObjectNode tree = Results.object();
        var list = tree.putArray("answers");
        answers.forEach(answer -> list.add(MessageText.tree(answer)));
        return tree;
    }

    private static List<String> lines(List<Answer> answers, List<String> subjects) {
        var table = new Table("SUBJECT", "REVISION", "ANSWER");
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            String subject = subjects.get(i);
            long revision = answer.getAccepted().getRevision();
            table.row(
                    subject,
                    revision == 0 ? "-" : revision,
                    answer.hasRefused() ? "refused" : answer.getAccepted().getUnchanged() ? "unchanged" : "accepted");
            answer.getRefused()
                    .getProblemsList()
                    .forEach(problem -> problems.add("  " + subject + ": " + problem.getPath()
                            + (problem.getPath().isEmpty() ? "" : ": ") + problem.getMessage()));
        }
        List<String> lines = new ArrayList<>(table.lines(Table.WIDTH));
        lines.addAll(problems);
        return lines;
    }
}
