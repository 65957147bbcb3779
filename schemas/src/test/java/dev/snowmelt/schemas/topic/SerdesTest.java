package dev.snowmelt.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class SerdesTest {
    private static final Serde<Declaration> SERDE = Serdes.message(Declaration.getDefaultInstance());
    private static final Declaration DECLARATION = Declaration.newBuilder()
            .setWorkload("k8s:a/b/Deployment/c")
            .addRevisions(Revision.newBuilder().setNumber(3))
            .build();

    @Test
    void aMessageSurvivesItsBytes() {
        byte[] bytes = SERDE.serializer().serialize("t", DECLARATION);

        assertThat(SERDE.deserializer().deserialize("t", bytes)).isEqualTo(DECLARATION);
    }

    @Test
    void jsonOfTheSameMessageIsReadToo() {
        byte[] json = utf8("{\"workload\": \"k8s:a/b/Deployment/c\", \"revisions\": [{\"number\": \"3\"}]}");

        assertThat(SERDE.deserializer().deserialize("t", json)).isEqualTo(DECLARATION);
    }

    @Test
    void tombstonesStayTombstones() {
        assertThat(SERDE.deserializer().deserialize("t", null)).isNull();
    }

    @Test
    void garbageIsRefusedByTheNameOfItsType() {
        for (String garbage : new String[] {"\u0007\u0007\u0007", "{\"workload\":", "{\"unknown\": 1}", "hello"}) {
            assertThatThrownBy(() -> SERDE.deserializer().deserialize("t", utf8(garbage)))
                    .as(garbage)
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("neither a Protobuf Declaration nor its JSON");
        }
    }

    @Test
    void aKeyThatIsNoIdIsRefusedByTheNameOfItsTopic() {
        Serde<WorkloadId> keys = Serdes.key(WorkloadId::parse);

        assertThatThrownBy(() -> keys.deserializer().deserialize("snowmelt.declarations", utf8("cart")))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("snowmelt.declarations")
                .hasMessageContaining("'cart'");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
