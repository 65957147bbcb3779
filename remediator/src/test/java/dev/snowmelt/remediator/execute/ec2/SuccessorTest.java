package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/// Only images that are available can be launched.
class SuccessorTest {
    private static final AutoScalingGroup WEB =
            AutoScalingGroup.builder().autoScalingGroupName("web").build();
    private static final Set<String> BOTH = Set.of("ami-0abc", "ami-0def");

    @Test
    void whatIsAvailableCanBeLaunched() {
        assertThat(Successor.unavailable(WEB, BOTH, Map.of("ami-0abc", "available", "ami-0def", "available")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "invalid", "deregistered", "transient", "failed", "error", "disabled", "null"})
    void whatIsNotAvailableCannot(String state) {
        assertThat(Successor.unavailable(WEB, BOTH, Map.of("ami-0abc", "available", "ami-0def", state)))
                .hasValue("group web would launch nothing from ami-0def: its state is " + state);
    }

    @Test
    void whatIsNotShownCannot() {
        assertThat(Successor.unavailable(WEB, BOTH, Map.of("ami-0def", "available"))
                        .orElse(""))
                .startsWith("group web would launch nothing from ami-0abc: EC2 does not show it");
    }
}
