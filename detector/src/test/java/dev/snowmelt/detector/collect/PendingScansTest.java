package dev.snowmelt.detector.collect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.detector.collect.PendingScans.Snapshot;
import dev.snowmelt.detector.collect.PendingScans.Step;
import dev.snowmelt.detector.scan.Scan;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.v1.ScanRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which snapshot answers which scan; seconds are counted from a time of their own.
class PendingScansTest {
    private static final Duration TOOK = Duration.ofSeconds(2);

    private final PendingScans pending = new PendingScans(Reuse.of(Duration.ofSeconds(10)));

    private static Instant second(double second) {
        return Instant.ofEpochSecond(1_800_000_000).plusMillis((long) (1000 * second));
    }

    private static Scan scan(int id, double asked, double deadline) {
        return new Scan(
                new RecordId(0, id),
                ScanRequest.getDefaultInstance(),
                second(asked),
                second(deadline),
                Set.of(),
                List.of());
    }

    private static Snapshot snapshot(double began, boolean believable) {
        return new Snapshot(7, second(began), TOOK, believable);
    }

    private void ask(int id, double asked) {
        assertThat(pending.add(scan(id, asked, asked + 60), second(asked))).isTrue();
    }

    private Step next(Snapshot last, double now) {
        return pending.next(last, true, null, second(now));
    }

    private List<Integer> cut(Snapshot last, double now) {
        return next(last, now) instanceof Step.Cut(List<Scan> scans)
                ? scans.stream().map(scan -> (int) scan.id().offset()).toList()
                : List.of();
    }

    @Test
    void answersWithASnapshotThatBeganNotLongBefore() {
        ask(1, 10);

        assertThat(cut(snapshot(0, true), 10)).containsExactly(1);
    }

    @Test
    void takesANewSnapshotWhenTheLastOneIsOlder() {
        ask(1, 10.001);

        assertThat(next(snapshot(0, true), 10.001)).isEqualTo(new Step.ListAnew());
        assertThat(cut(snapshot(10.002, true), 12)).containsExactly(1);
    }

    @Test
    void whatIsNotFollowedIsListedAnewButNotMoreOften() {
        ask(1, 6);

        Step down = pending.next(snapshot(0, true), false, null, second(6));
        Step stillDown = pending.next(snapshot(0, true), false, null, second(10));
        Step back = pending.next(snapshot(0, true), true, null, second(7));
        Step listed = pending.next(snapshot(10, true), false, null, second(12));

        assertThat(down).isEqualTo(new Step.ListAt(second(10)));
        assertThat(stillDown).isEqualTo(new Step.ListAnew());
        assertThat(back).isInstanceOf(Step.Cut.class);
        assertThat(listed).isInstanceOf(Step.Cut.class);
    }

    @Test
    void whoLooksOnceMayBeBlind() {
        var once = new PendingScans(new Reuse(Duration.ofHours(1), Duration.ofHours(1)));
        assertThat(once.add(scan(1, 30, 90), second(30))).isTrue();

        assertThat(once.next(snapshot(0, true), false, null, second(30))).isInstanceOf(Step.Cut.class);
    }

    @Test
    void theBrokersClockCountsForNothing() {
        // Behind by an hour, and ahead by half a minute.
        assertThat(pending.add(scan(1, -3_600, 60), second(20))).isTrue();
        assertThat(pending.add(scan(2, 50, 110), second(20))).isTrue();

        assertThat(next(snapshot(0, true), 20)).isEqualTo(new Step.ListAnew());
        assertThat(cut(snapshot(20, true), 22)).containsExactly(1, 2);
    }

    @Test
    void countsFromBeginNotFromEnd() {
        Snapshot long1 = new Snapshot(7, second(0), Duration.ofSeconds(30), true);
        ask(1, 9);
        ask(2, 11);

        assertThat(cut(long1, 30)).containsExactly(1);
        pending.answered(List.of(scan(1, 9, 69)));
        assertThat(next(long1, 30)).isEqualTo(new Step.ListAnew());
    }

    @Test
    void answersABurstWithOneSnapshot() {
        for (int i = 0; i < 1_000; i++) {
            ask(i, 20 + i / 200.0);
        }

        assertThat(next(snapshot(0, true), 25)).isEqualTo(new Step.ListAnew());
        assertThat(cut(snapshot(20, true), 25)).hasSize(1_000);
    }

    @Test
    void costsOneListInTenSecondsHoweverScansCome() {
        var lists = new ArrayList<Double>();
        Snapshot last = snapshot(0, true);
        int answered = 0;
        for (int i = 0; i < 6_000; i++) {
            double now = 100 + i / 100.0;
            ask(i, now);
            if (next(last, now) instanceof Step.ListAnew) {
                lists.add(now);
                last = snapshot(now, true);
            }
            if (next(last, now) instanceof Step.Cut(List<Scan> scans)) {
                pending.answered(scans);
                answered += scans.size();
            }
        }

        assertThat(answered).isEqualTo(6_000);
        for (int i = 1; i < lists.size(); i++) {
            assertThat(lists.get(i) - lists.get(i - 1)).isGreaterThanOrEqualTo(10);
        }
        assertThat(lists).hasSizeBetween(5, 6);
    }

    @Test
    void waitsForTheSnapshotThatConfirmsADoubtedOne() {
        ask(1, 1);

        assertThat(pending.next(snapshot(2, false), true, second(32), second(4)))
                .isEqualTo(new Step.Rest());
        assertThat(cut(snapshot(32, true), 34)).containsExactly(1);
    }

    @Test
    void neverHastensTheConfirmation() {
        ask(1, 20);

        assertThat(pending.next(snapshot(2, false), true, second(32), second(20)))
                .isEqualTo(new Step.Rest());
    }

    @Test
    void saysThatItDoubtsWhenTheConfirmationWouldComeTooLate() {
        assertThat(pending.add(scan(1, 1, 38), second(1))).isTrue();
        assertThat(pending.add(scan(2, 1, 40), second(1))).isTrue();

        Step step = pending.next(snapshot(2, false), true, second(32), second(4));

        assertThat(step).isEqualTo(new Step.Cut(List.of(scan(1, 1, 38))));
    }

    @Test
    void answersAtOnceWhenNoSecondSnapshotWouldHelp() {
        ask(1, 1);

        assertThat(cut(snapshot(2, false), 4)).containsExactly(1);
    }

    @Test
    void leavesOutWhatIsTooLate() {
        ask(1, 1);

        assertThat(next(snapshot(2, true), 61)).isEqualTo(new Step.Rest());
        assertThat(pending.add(scan(2, 1, 61), second(61))).isFalse();
    }

    @Test
    void answersNothingTwice() {
        ask(1, 1);
        pending.answered(List.of(scan(1, 1, 61)));

        assertThat(pending.add(scan(1, 1, 61), second(3))).isFalse();
        assertThat(next(snapshot(2, true), 4)).isEqualTo(new Step.Rest());
    }
}
