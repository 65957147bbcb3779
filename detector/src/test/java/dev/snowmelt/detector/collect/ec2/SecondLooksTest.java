package dev.snowmelt.detector.collect.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.TouchFacet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecondLooksTest {
    private static final String ID = "i-0123456789abcdef0";
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SecondLooks looks = new SecondLooks(Duration.ofSeconds(1));

    private static EventNews of(String... instances) {
        var news = new EventNews();
        news.instances().addAll(List.of(instances));
        return news;
    }

    private EventNews due(long now) {
        var due = new EventNews();
        looks.addDue(due, now);
        return due;
    }

    @Test
    void comeMoreAndMoreRarelyAndThenNoMore() {
        List<Long> at = new ArrayList<>();
        looks.looked(of(ID), of(ID), 0);
        for (long now = 0; now < 1000 * SECOND; now += SECOND) {
            EventNews due = due(now);
            if (!due.isEmpty()) {
                at.add(now / SECOND);
                looks.looked(due, of(ID), now);
            }
        }

        assertThat(at).containsExactly(1L, 3L, 7L, 15L, 31L, 63L);
    }

    @Test
    void endWhenTheInstanceIsSettled() {
        assertThat(looks.any()).isFalse();
        looks.looked(of(ID), of(ID), 0);
        assertThat(looks.any()).isTrue();

        // An event of its own led to a look that found it settled.
        looks.looked(of(ID), of(), SECOND / 2);

        assertThat(looks.any()).isFalse();
        assertThat(due(100 * SECOND).isEmpty()).isTrue();
        assertThat(looks.nanosUntilDue(0)).isEqualTo(60 * SECOND);
    }

    @Test
    void eventsThatKeepComingDoNotMakeThemEndless() {
        int found = 0;
        for (int event = 0; event < 100; event++) {
            var news = of(ID);
            looks.addDue(news, event);
            looks.looked(news, of(ID), event);
        }
        for (long now = 0; now < 1000 * SECOND; now += SECOND) {
            EventNews due = due(now);
            found += due.isEmpty() ? 0 : 1;
            looks.looked(due, due, now);
        }

        assertThat(found).isLessThanOrEqualTo(6);
    }

    @Test
    void keepWhatTheEventSaidBesideTheInstance() {
        var unsettled = of(ID);
        unsettled.groupOf().put(ID, "web");
        unsettled.touches().add(new EventNews.Touch(ID, TouchFacet.Kind.SSH, null, "kai"));
        looks.looked(of(ID), unsettled, 0);

        EventNews due = due(SECOND);

        assertThat(due.groupOf()).containsEntry(ID, "web");
        assertThat(due.touches()).hasSize(1);
    }
}
