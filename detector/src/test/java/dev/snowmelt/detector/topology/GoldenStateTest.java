package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.content;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.end;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The detector's stores as earlier versions wrote them, record for record: the next version begins with these when it
/// is rolled out.
///
/// A change of what is stored makes the first test fail. Keep the old file, name it in the second test, and write the
/// new one (`-Dsnowmelt.test.jvm=-Dgolden.write=true`).
class GoldenStateTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
    private static final String NEWEST = "state-1.txt";

    /// One pod of each kind: conformant, drifted by its image and by its content, gone.
    private static Rig life() {
        var rig = new Rig();
        rig.declare(declaration(CART, 'a'));
        rig.list(null, begin(TARGET), 1)
                .list(CART, status(CART, 3, 3, image('a')), 1, 1)
                .list(CART, observed(pod(CART, 1), 'a'), 1, 2)
                .list(CART, observed(pod(CART, 2), 'b'), 1, 3)
                .list(CART, observed(pod(CART, 3), 'a'), 1, 4)
                .list(null, end(TARGET, 4, 3, true), 1);
        rig.agent(CART, content(pod(CART, 1), "app", "root-1"));
        rig.pass(Duration.ofMinutes(1)).watch(CART, gone(pod(CART, 3)), 9);
        return rig.settle();
    }

    @Test
    void whatIsStoredTodayIsWhatWasStored() throws IOException {
        try (var rig = life()) {
            List<String> today = lines(rig.stored());

            if (Boolean.getBoolean("golden.write")) {
                Files.createDirectories(FOLDER);
                Files.write(FOLDER.resolve(NEWEST), today);
            }
            assertThat(today).containsExactlyElementsOf(Files.readAllLines(FOLDER.resolve(NEWEST)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = NEWEST)
    void whatWasStoredIsRead(String file) throws IOException {
        Verdict before;
        try (var rig = life()) {
            before = rig.verdict(CART, 2);
        }
        try (var rig = new Rig().holding(stores(Files.readAllLines(FOLDER.resolve(file))))) {
            rig.pass(Duration.ofHours(1))
                    .list(null, begin(TARGET), 2)
                    .list(CART, observed(pod(CART, 2), 'b'), 2, 11)
                    .watch(CART, observed(pod(CART, 1), 'c'), 12)
                    .settle();

            assertThat(rig.verdict(CART, 2).getId()).isEqualTo(before.getId());
            assertThat(rig.verdict(CART, 2).getSince())
                    .as("it has been so since then, not since the upgrade")
                    .isEqualTo(before.getSince());
            assertThat(rig.verdict(CART, 1).getState())
                    .as("the declaration is remembered")
                    .isEqualTo(Verdict.State.DRIFTED);
            assertThat(rig.verdict(CART).getStatus().getDesired())
                    .as("the workload's status is remembered")
                    .isEqualTo(3);
            assertThat(rig.evidence())
                    .as("what pod 1 ran until now is closed with the time when it began")
                    .anySatisfy(evidence -> {
                        assertThat(evidence.getRan().getBefore().getImagesList())
                                .hasSize(1);
                        assertThat(evidence.getRan().getBefore().getFrom().getSeconds())
                                .isBetween(1_800_000_000L, 1_800_000_060L);
                    });
        }
    }

    private static List<String> lines(Map<String, Map<Bytes, byte[]>> stores) {
        var lines = new ArrayList<String>();
        stores.forEach((store, contents) -> contents.forEach((key, value) -> lines.add(
                store + "\t" + Keys.text(key.get()) + "\t" + Base64.getEncoder().encodeToString(value))));
        lines.sort(null);
        return lines;
    }

    private static Map<String, Map<Bytes, byte[]>> stores(List<String> lines) {
        var stores = new HashMap<String, Map<Bytes, byte[]>>();
        for (String line : lines) {
            String[] parts = line.split("\t", -1);
            stores.computeIfAbsent(parts[0], _ -> new HashMap<>())
                    .put(Bytes.wrap(Keys.utf8(parts[1])), Base64.getDecoder().decode(parts[2]));
        }
        return stores;
    }
}
