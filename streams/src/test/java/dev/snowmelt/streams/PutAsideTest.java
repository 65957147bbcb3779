package dev.snowmelt.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topics;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final List<DeadLetter> letters = new ArrayList<>();
    private final PutAside handler = new PutAside();

    @BeforeEach
    void configure() {
        handler.configure(PutAside.config(topics, "detector", letters::add));
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
    void aRecordThatIsTooLargeIsPutAside() {
        Response response = handle("t.verdicts", new RecordTooLargeException("2 of 1 bytes"));

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(response.deadLetterQueueRecords()).isEmpty();
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.key()).containsExactly(1);
            assertThat(letter.value()).containsExactly(2);
            assertThat(letter.topic()).isEqualTo("t.observations");
            assertThat(letter.partition()).isEqualTo(3);
            assertThat(letter.offset()).isEqualTo(17);
            assertThat(letter.stage()).isEqualTo("detector");
            assertThat(letter.error()).contains("too large for t.verdicts");
        });
    }

    @Test
    void aLetterThatIsTooLargeItselfIsLeftAtThat() {
        Response response = handle("t.dead.letters", new RecordTooLargeException());

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(letters).isEmpty();
    }

    @Test
    void aStoreIsNeverAheadOfItsChangelog() {
        assertThat(handle("t.detector-instances-changelog", new RecordTooLargeException())
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(letters).isEmpty();
    }

    @Test
    void otherTroubleIsHandledAsEver() {
        assertThat(handle("t.verdicts", new TimeoutException()).result()).isEqualTo(Result.RETRY);
        assertThat(handle("t.verdicts", new TopicAuthorizationException("no")).result())
                .isEqualTo(Result.FAIL);
    }
}
