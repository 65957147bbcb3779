package dev.snowmelt.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole loop on EC2, from the declaration to the proof, as the demo plays it: every role, one account.
@ExtendWith(MotoExtension.class)
class Ec2DemoIT {
    @Test
    void replacesHoldsRestoresAndRollsAFleetForwardAndBack(Moto moto) {
        var out = new StringWriter();
        var story = new StringWriter();

        int exitCode = Snowmelt.commandLine(new Surroundings(
                        new PrintWriter(out), new PrintWriter(story), Map.of(), InstantSource.system()))
                .execute("demo", "--aws-endpoint", moto.endpoint().toString(), "--output", "json");

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
        // Of each roll one is proven before the next is decided.
        assertThat(story.toString().lines().filter(line -> line.contains(", 1 of 20")))
                .hasSize(2);
    }
}
