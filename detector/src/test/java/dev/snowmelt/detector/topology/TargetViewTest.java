package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.SnapshotSettled;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// What a target keeps in the store.
class TargetViewTest {
    private static final TargetId ID = TargetId.parse("k8s:test");
    private static final SnapshotSettled SETTLED =
            SnapshotSettled.newBuilder().setSnapshot(7).setComplete(true).build();

    @Test
    void comesBackAsItWasStored() {
        var before = new TargetView(ID, null);
        before.raise(3);
        before.settled(40, SETTLED);
        before.unusable(41);

        var after = new TargetView(ID, before.toBytes());

        assertThat(after.epoch()).isEqualTo(3);
        assertThat(after.settledAt(40)).isEqualTo(SETTLED);
        assertThat(after.unusable()).isEqualTo(41);
    }

    @Test
    void readsWhatTheFirstVersionStored() {
        byte[] stored = ByteBuffer.allocate(17 + SETTLED.getSerializedSize())
                .put((byte) 1)
                .putLong(3)
                .putLong(40)
                .put(SETTLED.toByteArray())
                .array();

        var view = new TargetView(ID, stored);

        assertThat(view.epoch()).isEqualTo(3);
        assertThat(view.lastSettled()).isEqualTo(SETTLED);
        assertThat(view.unusable()).isEqualTo(-1);
    }

    @Test
    void refusesALayoutThatItDoesNotKnow() {
        assertThatThrownBy(() -> new TargetView(ID, new byte[] {3}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layout 3");
    }
}
