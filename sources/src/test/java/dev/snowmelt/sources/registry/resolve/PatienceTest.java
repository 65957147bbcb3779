package dev.snowmelt.sources.registry.resolve;

import static dev.snowmelt.sources.registry.resolve.InMemoryRegistry.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.snowmelt.sources.registry.Manifest;
import dev.snowmelt.sources.registry.Registry;
import dev.snowmelt.sources.registry.RegistryException;
import dev.snowmelt.sources.registry.RegistryException.Kind;
import dev.snowmelt.sources.registry.Repository;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is asked of registries, and what is not.
class PatienceTest {
    private static final Repository CART = new Repository("reg.test", "cart");
    private static final Repository OTHER = new Repository("other.test", "cart");

    private final InMemoryRegistry registry =
            new InMemoryRegistry().image("reg.test/cart", 'a', 'b').image("other.test/cart", 'a', 'b');
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final PatientRegistry patient = new PatientRegistry(
            registry,
            () -> now,
            // As if the dice always fell in the middle: no jitter.
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), () -> Long.MIN_VALUE),
            2,
            meters);

    private RegistryException fails(Registry asked, Repository repository, char digest) {
        return catchThrowableOfType(RegistryException.class, () -> asked.manifest(repository, digest(digest)));
    }

    @Test
    void aRegistryInTroubleIsLeftAloneLongerEachTime() throws Exception {
        registry.trouble("reg.test", Kind.UNREACHABLE);
        assertThat(fails(patient, CART, 'a').notAsked()).isFalse();
        for (long wait : new long[] {1, 2, 4, 8, 10, 10}) {
            now = now.plus(Duration.ofMillis(wait * 1_000 - 1));
            RegistryException early = fails(patient, CART, 'a');
            assertThat(early.notAsked()).as("%s s", wait).isTrue();
            assertThat(early.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(early.retryAfter()).isPresent();

            now = now.plusMillis(1);
            assertThat(fails(patient, CART, 'a').notAsked()).as("%s s", wait).isFalse();
        }
        assertThat(registry.asked).hasSize(7);
        assertThat(patient.manifest(OTHER, digest('a'))).isInstanceOf(Manifest.Image.class);

        registry.trouble("reg.test", null);
        now = now.plusSeconds(10);
        assertThat(patient.manifest(CART, digest('a'))).isInstanceOf(Manifest.Image.class);
        assertThat(meters.counter("snowmelt.resolver.requests", "result", "unreachable")
                        .count())
                .isEqualTo(7);
    }

    @Test
    void aLimitIsObeyedAsLongAsTheRegistrySays() {
        Registry limiting = (_, _) -> {
            throw new RegistryException(Kind.RATE_LIMITED, "wait", Duration.ofMinutes(20));
        };
        var obeying = new PatientRegistry(
                limiting, () -> now, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), () -> 0), 2, meters);
        assertThat(fails(obeying, CART, 'a').notAsked()).isFalse();

        now = now.plus(Duration.ofMinutes(19));
        assertThat(fails(obeying, CART, 'a').notAsked()).isTrue();
        now = now.plus(Duration.ofMinutes(1));
        assertThat(fails(obeying, CART, 'a').notAsked()).isFalse();
    }

    @Test
    void whatIsRefusedOrUnknownIsNoTroubleOfTheRegistry() {
        registry.trouble("reg.test", Kind.UNAUTHORISED);
        assertThat(fails(patient, CART, 'a').kind()).isEqualTo(Kind.UNAUTHORISED);
        registry.trouble("reg.test", null);
        assertThat(fails(patient, CART, '9').kind()).isEqualTo(Kind.UNKNOWN);

        assertThat(fails(patient, CART, '9').notAsked()).isFalse();
    }

    @Test
    void anAnswerIsKeptForEverAndNotKnownForAWhile() throws Exception {
        var remembering = new RememberingRegistry(registry, () -> now, Duration.ofSeconds(30));
        remembering.manifest(CART, digest('a'));
        fails(remembering, CART, '9');
        now = now.plus(Duration.ofSeconds(29));
        remembering.manifest(CART, digest('a'));
        fails(remembering, CART, '9');
        assertThat(registry.asked).hasSize(2);

        now = now.plus(Duration.ofSeconds(1));
        registry.image("reg.test/cart", '9', 'c');
        assertThat(remembering.manifest(CART, digest('9'))).isInstanceOf(Manifest.Image.class);
        now = now.plus(Duration.ofDays(365));
        remembering.manifest(CART, digest('a'));
        assertThat(registry.asked).hasSize(3);
    }

    @Test
    void troubleIsNotKeptAndTagsAreNot() throws Exception {
        var remembering = new RememberingRegistry(registry, () -> now, Duration.ofSeconds(30));
        registry.trouble("reg.test", Kind.UNREACHABLE);
        fails(remembering, CART, 'a');
        registry.trouble("reg.test", null);

        assertThat(remembering.manifest(CART, digest('a'))).isInstanceOf(Manifest.Image.class);
        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowableOfType(RegistryException.class, () -> remembering.manifest(CART, "1.0")))
                    .isNotNull();
        }
        assertThat(registry.asked).filteredOn(asked -> asked.endsWith("1.0")).hasSize(2);
    }

    @Test
    void whoeverAsksTheSameMeanwhileWaitsForOneAnswer() throws Exception {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        Registry slow = (repository, digest) -> {
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return registry.manifest(repository, digest);
        };
        var remembering = new RememberingRegistry(slow, () -> now, Duration.ofSeconds(30));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Manifest>> all = IntStream.range(0, 20)
                    .mapToObj(_ -> threads.submit(() -> remembering.manifest(CART, digest('a'))))
                    .toList();
            asked.await();
            answer.countDown();
            for (Future<Manifest> each : all) {
                assertThat(each.get()).isInstanceOf(Manifest.Image.class);
            }
        }
        assertThat(registry.asked).hasSize(1);
    }

    /// Between looking for an answer and asking, another thread may have been answered.
    @Test
    void nobodyAsksWhatWasAnsweredAMomentAgo() throws Exception {
        int rounds = 2_000;
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < rounds; round++) {
                var remembering = new RememberingRegistry(registry, () -> now, Duration.ofSeconds(30));
                var together = new CyclicBarrier(4);
                List<Future<Manifest>> all = IntStream.range(0, 4)
                        .mapToObj(_ -> threads.submit(() -> {
                            together.await();
                            return remembering.manifest(CART, digest('a'));
                        }))
                        .toList();
                for (Future<Manifest> each : all) {
                    assertThat(each.get()).isInstanceOf(Manifest.Image.class);
                }
            }
        }
        assertThat(registry.asked).hasSize(rounds);
    }
}
