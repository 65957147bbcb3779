package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.TARGET;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static dev.snowmelt.remediator.execute.Commands.restore;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.snowmelt.remediator.execute.CommandReader.Reading;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Command;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandReaderTest {
    private static final Topics TOPICS = new Topics("snowmelt.", 4);
    private static final int RIGHT = Objects.requireNonNull(TOPICS.commands().partitionOf(CART));

    private final CommandReader reader = new CommandReader(TOPICS.commands(), Set.of(TARGET));

    private static ConsumerRecord<byte @Nullable [], byte @Nullable []> record(
            int partition, @Nullable String key, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                TOPICS.commands().name(),
                partition,
                0,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value);
    }

    private Reading read(Command command) {
        return reader.read(record(RIGHT, CART.toString(), command.toByteArray()));
    }

    private void refuses(Command command, String reason) {
        assertThat(read(command))
                .isInstanceOfSatisfying(
                        Reading.Unreadable.class,
                        unreadable -> assertThat(unreadable.reason()).contains(reason));
    }

    @Test
    void understandsBothActions() {
        assertThat(read(replace("c1", pod(1))))
                .isEqualTo(new Reading.Understood(new Order.Replace(replace("c1", pod(1)), CART, pod(1))));
        assertThat(read(restore("c2"))).isEqualTo(new Reading.Understood(new Order.Restore(restore("c2"), CART)));
    }

    @Test
    void leavesOtherTargetsAlone() {
        var elsewhere = new CommandReader(TOPICS.commands(), Set.of());

        assertThat(elsewhere.read(
                        record(RIGHT, CART.toString(), replace("c1", pod(1)).toByteArray())))
                .isEqualTo(new Reading.Elsewhere());
    }

    @Test
    void saysWhatIsWrong() {
        Command good = replace("c1", pod(1));

        refuses(good.toBuilder().clearId().build(), "has no id");
        refuses(good.toBuilder().clearExpiresAt().build(), "never expires");
        var never = Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build();
        refuses(good.toBuilder().setIssuedAt(never).build(), "at a time that is none");
        refuses(good.toBuilder().setExpiresAt(never).build(), "at a time that is none");
        refuses(good.toBuilder().clearAction().build(), "action that is not known");
        refuses(good.toBuilder().setActionValue(99).build(), "action that is not known: 99");
        refuses(good.toBuilder().setInstance("cart-1").build(), "cart-1");
        refuses(good.toBuilder().setWorkload("k8s:test/shop/Deployment/other").build(), "its key is");
        refuses(good.toBuilder().setInstance("k8s:other/shop/pod/cart-1/uid").build(), "does not live in k8s:test");
        refuses(
                good.toBuilder()
                        .setInstance(InstanceId.pod(TARGET, "kube-system", "etcd", "uid")
                                .toString())
                        .build(),
                "cannot belong to");
    }

    @Test
    void refusesWhatIsNoCommand() {
        assertThat(reader.read(record(RIGHT, CART.toString(), new byte[] {(byte) 0xff, 1})))
                .isInstanceOf(Reading.Unreadable.class);
        assertThat(reader.read(record(RIGHT, CART.toString(), null))).isInstanceOf(Reading.Unreadable.class);
        assertThat(reader.read(record(RIGHT, null, replace("c1", pod(1)).toByteArray())))
                .isInstanceOf(Reading.Unreadable.class);
        assertThat(reader.read(record(RIGHT, "nonsense", replace("c1", pod(1)).toByteArray())))
                .isInstanceOf(Reading.Unreadable.class);
    }

    @Test
    void refusesTheWrongPartition() {
        int wrong = (RIGHT + 1) % TOPICS.partitions();

        assertThat(reader.read(
                        record(wrong, CART.toString(), replace("c1", pod(1)).toByteArray())))
                .isInstanceOfSatisfying(
                        Reading.Unreadable.class,
                        unreadable -> assertThat(unreadable.reason()).contains("lies on partition " + wrong));
    }
}
