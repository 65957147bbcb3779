package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How long a task waits for an answer that it cannot start without.
class TopicEndsTest {
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:1"));
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() {
        admin.close(Duration.ZERO);
    }

    private TopicEnds ends(Duration within) {
        return new TopicEnds(admin, within, closing::get);
    }

    private static KafkaFuture<Long> failed(ApiException cause) {
        var future = new KafkaFutureImpl<Long>();
        future.completeExceptionally(cause);
        return future;
    }

    private KafkaFuture<Long> away() {
        asked.incrementAndGet();
        return failed(new TimeoutException("away"));
    }

    @Test
    void asksAgainWhileTheBrokersAreAway() {
        long end = ends(Duration.ofHours(1))
                .answer("the end", () -> asked.get() < 2 ? away() : KafkaFuture.completedFuture(7L));

        assertThat(end).isEqualTo(7);
        assertThat(asked).hasValue(2);
    }

    @Test
    void givesUpWhenTheTimeIsOver() {
        assertThatThrownBy(() -> ends(Duration.ofMillis(300)).answer("the end", this::away))
                .isInstanceOf(KafkaException.class)
                .hasMessage("the end cannot be told");
        assertThat(asked).hasValueGreaterThan(1);
    }

    @Test
    void givesUpAtOnceWhenNobodyWaitsOrNothingWillChange() {
        assertThatThrownBy(() -> ends(Duration.ofHours(1)).answer("the end", () -> {
                    asked.incrementAndGet();
                    return failed(new TopicAuthorizationException("no"));
                }))
                .isInstanceOf(KafkaException.class);
        closing.set(true);
        assertThatThrownBy(() -> ends(Duration.ofHours(1)).answer("the end", this::away))
                .isInstanceOf(KafkaException.class);

        assertThat(asked).hasValue(2);
    }
}
