package dev.snowmelt.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.doctor.Finding.Result;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "Mon, 23 Nov 2026 12:00:00 GMT, OK",
        "Mon, 23 Nov 2026 11:59:58 GMT, OK",
        "Mon, 23 Nov 2026 11:59:55 GMT, WARN",
        "Mon, 23 Nov 2026 12:00:05 GMT, WARN",
        "Mon, 23 Nov 2026 11:59:00 GMT, FAIL",
        "Mon, 23 Nov 2026 13:00:00 GMT, FAIL"
    })
    void aClockIsComparedToTheSecond(String day, String date, Result result) {
        Finding finding = Clocks.compare("clock", "them", Optional.of(day + ", " + date), NOW, NOW.plusMillis(200));

        assertThat(finding.result()).as(finding.found()).isEqualTo(result);
    }

    @Test
    void aDateThatIsNoneSaysNothing() {
        assertThat(Clocks.compare("clock", "them", Optional.of("noon"), NOW, NOW)
                        .result())
                .isEqualTo(Result.SKIPPED);
        assertThat(Clocks.compare("clock", "them", Optional.empty(), NOW, NOW).result())
                .isEqualTo(Result.SKIPPED);
    }

    @Test
    void aBrokerCannotHaveAppendedInTheFuture() {
        assertThat(Clocks.appended("clock", NOW.plusSeconds(40).toEpochMilli(), NOW)
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(Clocks.appended("clock", NOW.minusSeconds(40).toEpochMilli(), NOW)
                        .result())
                .isEqualTo(Result.OK);
        assertThat(Clocks.appended("clock", -1, NOW).result()).isEqualTo(Result.SKIPPED);
    }

    @Test
    void aCollectorIsSilentAfterTwoSnapshotsThatDidNotCome() {
        assertThat(collectors(status("k8s:a", NOW.minusSeconds(60 * 21), ""))).containsExactly(Result.OK);
        assertThat(collectors(status("k8s:a", NOW.minusSeconds(60 * 23), ""))).containsExactly(Result.FAIL);
        assertThat(collectors(status("k8s:a", NOW, "the API server answers 403")))
                .containsExactly(Result.WARN);
        assertThat(collectors()).containsExactly(Result.WARN);
    }

    private static List<Result> collectors(CollectorStatus... statuses) {
        Config config = Config.load(null, Map.of(), Map.of());
        var kafka = config.kafka();
        try (var brokers = Brokers.of(kafka)) {
            return new CollectorFindings(brokers, config, () -> NOW)
                    .of(List.of(statuses)).stream().map(Finding::result).toList();
        }
    }

    private static CollectorStatus status(String target, Instant last, String problem) {
        return CollectorStatus.newBuilder()
                .setCollector("kubernetes/" + target)
                .setTarget(target)
                .setKind("kubernetes")
                .setLastSnapshot(Timestamp.newBuilder().setSeconds(last.getEpochSecond()))
                .setProblem(problem)
                .build();
    }

    @Test
    void registriesAreThoseOfTheNewestRevisions() {
        var declaration = Declaration.newBuilder()
                .setWorkload("k8s:a/shop/Deployment/cart")
                .addRevisions(revision("registry.example:5000/shop/cart:1"))
                .addRevisions(revision("old.example/shop/cart:1"))
                .build();
        var hub = declaration.toBuilder().setRevisions(0, revision("nginx")).build();

        assertThat(RegistryFindings.registries(List.of(declaration, hub)).keySet())
                .containsExactly("docker.io", "registry.example:5000");
    }

    private static Revision revision(String image) {
        return Revision.newBuilder()
                .setSpec(DeclarationSpec.newBuilder()
                        .addContainers(DeclaredContainer.newBuilder().setImage(image)))
                .build();
    }
}
