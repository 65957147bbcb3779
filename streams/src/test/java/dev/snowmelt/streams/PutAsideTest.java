package dev.snowmelt.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topics;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Response;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PutAsideTest {
    private final Topics topics = new Topics("t.", 1);
    private final LongAdder count = new LongAdder();
    private final PutAside handler = new PutAside();

    @BeforeEach
    void configure() {
        handler.configure(PutAside.config(topics, "detector", count));
    }

    private Response handle(String topic, Exception cause) {
        var context = (ErrorHandlerContext) Proxy.newProxyInstance(
                PutAsideTest.class.getClassLoader(),
                new Class<?>[] {ErrorHandlerContext.class},
                (_, method, _) -> Map.<String, Object>of("topic", "t.observations", "partition", 3, "offset", 17L)
                        .get(method.getName()));
        return handler.handleError(context, new ProducerRecord<>(topic, new byte[] {1}, new byte[] {2}), cause);
    }

    @Test
    void aRecordThatIsTooLargeIsPutAsideAndCounted() {
        Response response = handle("t.verdicts", new RecordTooLargeException("2 of 1 bytes"));

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(count.sum()).isEqualTo(1);
        assertThat(response.deadLetterQueueRecords()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("t.dead.letters");
            assertThat(letter.key()).containsExactly(1);
            assertThat(letter.value()).containsExactly(2);
            assertThat(header(letter, DeadLetter.TOPIC)).isEqualTo("t.observations");
            assertThat(header(letter, DeadLetter.PARTITION)).isEqualTo("3");
            assertThat(header(letter, DeadLetter.OFFSET)).isEqualTo("17");
            assertThat(header(letter, DeadLetter.STAGE)).isEqualTo("detector");
            assertThat(header(letter, DeadLetter.ERROR)).contains("too large for t.verdicts");
        });
    }

    private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void aLetterThatIsTooLargeItselfIsLeftAtThat() {
        Response response = handle("t.dead.letters", new RecordTooLargeException());

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(response.deadLetterQueueRecords()).isEmpty();
    }

    @Test
    void aStoreIsNeverAheadOfItsChangelog() {
        assertThat(handle("t.detector-instances-changelog", new RecordTooLargeException())
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(count.sum()).isZero();
    }

    @Test
    void otherTroubleIsHandledAsEver() {
        assertThat(handle("t.verdicts", new TimeoutException()).result()).isEqualTo(Result.RETRY);
        assertThat(handle("t.verdicts", new TopicAuthorizationException("no")).result())
                .isEqualTo(Result.FAIL);
    }
}
