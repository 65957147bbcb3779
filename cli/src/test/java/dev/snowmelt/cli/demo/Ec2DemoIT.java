package dev.snowmelt.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole loop on EC2, from the declaration to the proof, as the demo plays it: every role, one
/// account.
@ExtendWith(MotoExtension.class)
class Ec2DemoIT {
    @Test
    void replacesHoldsRestoresAndRollsAFleetForwardAndBack(Moto moto) {
        var out = new StringWriter();
        var story = new StringWriter();

        int exitCode;
        var topics = new DemoTopics(story::toString);
        try (topics) {
            exitCode = Snowmelt.commandLine(new Surroundings(
                            new PrintWriter(out), new PrintWriter(story), Map.of(), InstantSource.system()))
                    .execute("demo", "--aws-endpoint", moto.endpoint().toString(), "--output", "json");
        }

        assertThat(exitCode).as("%s%s", story, out).isZero();
        JsonNode report = JsonMapper.shared().readTree(out.toString());
        assertThat(report.get("violations")).isEmpty();
        assertThat(report.get("injected").intValue()).isEqualTo(7);
        assertThat(report.get("detected").intValue()).isEqualTo(7);
        // The snowflake, what the wrong template launched, and two rolls.
        assertThat(report.get("replaced").intValue()).isEqualTo(4);
        assertThat(report.get("restored").intValue()).isEqualTo(1);
        // The protected one and the machine that nobody would recreate.
        assertThat(report.get("held").intValue()).isEqualTo(2);
        assertThat(story.toString()).contains("NOBODY_RECREATES").contains("PLATFORM");
        assertThat(topics.remediations())
                .isNotEmpty()
                .noneMatch(each -> each.getHold().getReason() == Hold.Reason.BREAKER);
        // Forward is revision 2, back is 3.
        rolled(topics, 2);
        rolled(topics, 3);
    }

    /// A fleet that was rolled as the topics tell: outdated and never drifted, the first proven
    /// before the second.
    private static void rolled(DemoTopics topics, long revision) {
        List<Command> commands = topics.commands().stream()
                .filter(command -> command.getAction() == Command.Action.REPLACE_INSTANCE
                        && command.getWorkload().equals(Ec2DemoFleet.WEB.toString())
                        && command.getRevision() == revision)
                .toList();
        Set<String> instances = commands.stream().map(Command::getInstance).collect(Collectors.toSet());
        assertThat(instances).hasSize(Ec2DemoFleet.WEB_SIZE);
        for (String instance : instances) {
            assertThat(topics.verdicts())
                    .filteredOn(verdict -> verdict.getInstance().equals(instance))
                    .as("verdicts of " + instance)
                    .anyMatch(verdict ->
                            verdict.getState() == Verdict.State.OUTDATED && verdict.getRevision() == revision)
                    .noneMatch(verdict -> verdict.getState() == Verdict.State.DRIFTED);
        }
        String canary = commands.getFirst().getInstance();
        Command second = commands.stream()
                .filter(command -> !command.getInstance().equals(canary))
                .findFirst()
                .orElseThrow();
        int proven = first(
                topics, each -> each.getInstance().equals(canary) && each.getPhase() == Remediation.Phase.REPLACED);
        int issued = first(topics, each -> each.getCommand().equals(second.getId()));
        assertThat(proven)
                .as("proven before the second is issued")
                .isNotNegative()
                .isLessThan(issued);
    }

    /// Place in `remediations`; -1: none.
    private static int first(DemoTopics topics, Predicate<Remediation> which) {
        List<Remediation> all = topics.remediations();
        return IntStream.range(0, all.size())
                .filter(i -> which.test(all.get(i)))
                .findFirst()
                .orElse(-1);
    }
}
