package dev.snowmelt.remediator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.Topics;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.Test;

/// Names that the next version must find again: a store by another name is an empty one, and what was in flight would
/// be
/// forgotten. Whoever renames one on purpose says in the changelog how its contents come along.
class TopologyNamesTest {
    @Test
    void storesAreCalledWhatTheyWereCalledAndNothingIsRepartitioned() {
        TopologyDescription description = new PlannerTopology(new Topics("", 1), PlannerSettings.defaults())
                .build()
                .describe();
        var stores = new TreeSet<String>();
        var internal = new TreeSet<String>();
        Stream<TopologyDescription.Node> nodes =
                description.subtopologies().stream().flatMap(each -> each.nodes().stream());
        nodes.forEach(node -> {
            if (node instanceof TopologyDescription.Processor processor) {
                stores.addAll(processor.stores());
            } else if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
                source.topicSet().stream()
                        .filter(topic -> topic.endsWith("-repartition"))
                        .forEach(internal::add);
            }
        });

        assertThat(stores).containsExactly("census", "overrides", "remediations", "targets", "workloads");
        assertThat(internal).isEmpty();
        assertThat(description.globalStores()).isEmpty();
    }
}
