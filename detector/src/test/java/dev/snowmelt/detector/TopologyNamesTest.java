package dev.snowmelt.detector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.detector.register.RegistrarTopology;
import dev.snowmelt.detector.scan.ScanTopology;
import dev.snowmelt.detector.topology.DetectorSettings;
import dev.snowmelt.detector.topology.DetectorTopology;
import dev.snowmelt.detector.topology.EndOffsets;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.Test;

/// Names that the next version must find again: a store or a repartition step by another name is an empty one, with its
/// changelog left behind. Whoever renames one on purpose says in the changelog how its contents come along.
class TopologyNamesTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "topology-names.txt");

    @Test
    void storesAndInternalTopicsAreCalledWhatTheyWereCalled() throws Exception {
        var topics = new Topics("", 1);
        var meters = new SimpleMeterRegistry();
        var names = new TreeSet<String>();
        names(
                "detector",
                new DetectorTopology(topics, DetectorSettings.DEFAULT, new Nowhere(), new SimpleMeterRegistry())
                        .build(),
                names);
        names("registrar", new RegistrarTopology(topics, TrustedKeys.NONE, meters).build(), names);
        names(
                "scanner",
                new ScanTopology(topics, DetectorSettings.DEFAULT.storage(), new SimpleMeterRegistry()).build(),
                names);

        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.write(GOLDEN, names);
        }
        assertThat(names).containsExactlyElementsOf(Files.readAllLines(GOLDEN));
    }

    private static void names(String application, Topology topology, Set<String> names) {
        TopologyDescription description = topology.describe();
        description
                .globalStores()
                .forEach(global -> names.add(application + " global-store "
                        + String.join(",", new TreeSet<>(global.processor().stores()))));
        Stream<TopologyDescription.Node> nodes =
                description.subtopologies().stream().flatMap(each -> each.nodes().stream());
        for (TopologyDescription.Node node : List.copyOf(nodes.toList())) {
            if (node instanceof TopologyDescription.Processor processor) {
                // Its changelog is called by it.
                processor.stores().forEach(store -> names.add(application + " store " + store));
            } else if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
                source.topicSet().stream()
                        .filter(topic -> topic.endsWith("-repartition"))
                        .forEach(topic -> names.add(application + " topic " + topic));
            }
        }
    }

    private static final class Nowhere implements EndOffsets {
        @Override
        public long of(TopicPartition partition) {
            return 0;
        }

        @Override
        public String topicId(String topic) {
            return "";
        }
    }
}
