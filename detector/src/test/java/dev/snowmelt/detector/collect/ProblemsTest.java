package dev.snowmelt.detector.collect;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.snowmelt.schemas.id.TargetId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProblemsTest {
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final Problems problems = new Problems(TargetId.parse("k8s:test"), changes::incrementAndGet);

    @BeforeEach
    void listen() {
        lines.start();
        logger().addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(lines);
    }

    @Test
    void saysASentenceOnceHoweverOftenAndWhereverItIsTrue() {
        for (int i = 0; i < 3; i++) {
            problems.report("watch pods", "cannot reach it");
            problems.report("watch deployments", "cannot reach it");
        }

        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("cannot reach it");
        assertThat(changes).hasValue(2);
    }

    @Test
    void hasRecoveredWhenTheLastPlaceHas() {
        problems.report("watch pods", "cannot reach it");
        problems.report("watch deployments", "cannot reach it");

        problems.clear("watch pods");
        String between = problems.first();
        problems.clear("watch deployments");

        assertThat(between).isEqualTo("cannot reach it");
        assertThat(problems.first()).isEmpty();
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("cannot reach it", "recovered");
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Collector.class);
    }
}
