package dev.snowmelt.sandbox.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MotoExtension.class)
class MotoIT {

    @Test
    void startsEmptyAndIsEmptyAfterAReset(Moto moto) {
        moto.sqs().createQueue(queue -> queue.queueName("snowmelt"));

        moto.reset();

        assertThat(moto.sqs().listQueues().queueUrls()).isEmpty();
        assertThat(moto.ec2().describeInstances().reservations()).isEmpty();
        assertThat(moto.autoScaling().describeAutoScalingGroups().autoScalingGroups())
                .isEmpty();
    }

    @Test
    void saysWhatAProgramSaidThatDidNotStart() {
        assertThatThrownBy(() -> MotoProcess.start(List.of("sh", "-c", "echo no such module; exit 3")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no such module");
    }
}
