package dev.snowmelt.remediator.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LanesTest {

    @Test
    void keepsTheOrderOfALaneAndRunsLanesBesideEachOther() throws InterruptedException {
        Map<Integer, List<Integer>> seen = new ConcurrentHashMap<>();
        var inLane = new ConcurrentHashMap<Integer, AtomicInteger>();
        var overlapped = new AtomicInteger();
        var done = new CountDownLatch(2_000);
        try (var lanes = new Lanes<Integer>(8)) {
            for (int i = 0; i < 2_000; i++) {
                int lane = i % 10;
                int number = i;
                lanes.submit(lane, () -> {
                    AtomicInteger running = inLane.computeIfAbsent(lane, _ -> new AtomicInteger());
                    if (running.incrementAndGet() > 1) {
                        overlapped.incrementAndGet();
                    }
                    seen.computeIfAbsent(lane, _ -> Collections.synchronizedList(new ArrayList<>()))
                            .add(number);
                    LockSupport.parkNanos(20_000);
                    running.decrementAndGet();
                    done.countDown();
                });
            }

            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(overlapped).hasValue(0);
        seen.forEach((lane, numbers) -> assertThat(numbers)
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(n -> n * 10 + lane).toList()));
    }

    @Test
    void aBlockedLaneHoldsUpNoOther() throws InterruptedException {
        var free = new CountDownLatch(1);
        var other = new CountDownLatch(1);
        try (var lanes = new Lanes<String>(2)) {
            lanes.submit("blocked", () -> await(free));
            lanes.submit("other", other::countDown);

            assertThat(other.await(10, TimeUnit.SECONDS)).isTrue();
            free.countDown();
        }
    }

    @Test
    void aTaskThatFailsHoldsUpNothingBehindIt() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var done = new CountDownLatch(2);
        try (var lanes = new Lanes<String>(1)) {
            lanes.submit("a", () -> {
                await(begun);
                throw new IllegalStateException("unforeseen");
            });
            lanes.submit("a", done::countDown);
            begun.countDown();
            lanes.submit("a", done::countDown);

            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void runsNoMoreAtOnceThanAllowed() throws InterruptedException {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new CountDownLatch(50);
        try (var lanes = new Lanes<Integer>(3)) {
            for (int i = 0; i < 50; i++) {
                lanes.submit(i, () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(20_000);
                    running.decrementAndGet();
                    done.countDown();
                });
            }
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void closingLetsTheRunningTaskEndAndBeginsNoOther() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        var ended = new AtomicInteger();
        var lanes = new Lanes<String>(1);
        lanes.submit("a", () -> {
            begun.countDown();
            await(free);
            ended.incrementAndGet();
        });
        lanes.submit("a", () -> ended.addAndGet(100));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

        Thread closer = Thread.ofPlatform().start(() -> lanes.close(Duration.ofSeconds(10)));
        org.awaitility.Awaitility.await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);
        free.countDown();
        closer.join();

        assertThat(ended).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
