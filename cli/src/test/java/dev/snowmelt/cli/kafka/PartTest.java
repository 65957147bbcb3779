package dev.snowmelt.cli.kafka;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartTest {
    private static final String PREFIX = "snowmelt.";
    private static final Pattern WORD = Pattern.compile("`([^`]+)`");

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOPICS")
    void itsRightsAreThoseOfTheDocumentation(Part part) throws Exception {
        List<String> row = documented(part);

        assertThat(topics(part, AclOperation.READ, PatternType.LITERAL)).isEqualTo(words(row.get(2)));
        assertThat(topics(part, AclOperation.WRITE, PatternType.LITERAL)).isEqualTo(words(row.get(3)));
        assertThat(topics(part, AclOperation.DESCRIBE_CONFIGS, PatternType.LITERAL))
                .isEqualTo(words(row.get(4)));
        assertThat(names(part, ResourceType.GROUP, AclOperation.READ)).isEqualTo(words(row.get(5)));
        for (AclOperation operation : List.of(AclOperation.CREATE, AclOperation.READ, AclOperation.WRITE)) {
            assertThat(topics(part, operation, PatternType.PREFIXED)).isEqualTo(words(row.get(6)));
        }
        assertThat(topics(part, AclOperation.DELETE, PatternType.PREFIXED)).isEqualTo(words(row.get(7)));
        assertThat(names(part, ResourceType.TRANSACTIONAL_ID, AclOperation.WRITE))
                .isEqualTo(words(row.get(8)));
        // Nothing but what those columns are about.
        assertThat(part.rights(PREFIX, "User:u"))
                .hasSize(words(row.get(2)).size()
                        + words(row.get(3)).size()
                        + words(row.get(4)).size()
                        + words(row.get(5)).size()
                        + 3 * words(row.get(6)).size()
                        + words(row.get(7)).size()
                        + words(row.get(8)).size());
    }

    /// A topic that is added to the contracts needs somebody who may write it.
    @Test
    void everyTopicHasAWriterAndNoPartNamesATopicThatIsNone() {
        Set<String> exist =
                new Topics("", 1).all().stream().<String>map(Topic::name).collect(toCollection(TreeSet::new));

        assertThat(all(AclOperation.WRITE)).isEqualTo(exist);
        assertThat(exist).containsAll(all(AclOperation.READ)).containsAll(all(AclOperation.DESCRIBE_CONFIGS));
    }

    @Test
    void whoPlansAndExecutesRemediates() {
        assertThat(Part.together(List.of(Part.PLAN, Part.EXECUTE, Part.EXECUTE)))
                .containsExactly(Part.REMEDIATE);
        assertThat(Part.together(List.of(Part.EXECUTE))).containsExactly(Part.EXECUTE);
        assertThat(Part.together(List.of(Part.COLLECT, Part.COLLECT_KUBERNETES)))
                .containsExactly(Part.COLLECT);
        assertThat(Part.together(List.of(Part.COLLECT_KUBERNETES, Part.DETECT)))
                .containsExactly(Part.COLLECT_KUBERNETES, Part.DETECT);
    }

    /// What the executors alone hold must not let them plan.
    @Test
    void anExecutorCannotOrder() {
        assertThat(topics(Part.EXECUTE, AclOperation.WRITE, PatternType.LITERAL))
                .doesNotContain("commands", "remediations", "evidence", "proposals");
        assertThat(topics(Part.COLLECT_KUBERNETES, AclOperation.READ, PatternType.LITERAL))
                .containsExactly("scan.requests");
    }

    private static Set<String> all(AclOperation operation) {
        return Stream.of(Part.values())
                .flatMap(part -> topics(part, operation, PatternType.LITERAL).stream())
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> topics(Part part, AclOperation operation, PatternType type) {
        return names(part.rights(PREFIX, "User:u").stream()
                .filter(right -> right.pattern().resourceType() == ResourceType.TOPIC)
                .filter(right -> right.pattern().patternType() == type)
                .filter(right -> right.entry().operation() == operation));
    }

    private static Set<String> names(Part part, ResourceType type, AclOperation operation) {
        return names(part.rights(PREFIX, "User:u").stream()
                .filter(right -> right.pattern().resourceType() == type)
                .filter(right -> right.entry().operation() == operation));
    }

    private static Set<String> names(Stream<AclBinding> rights) {
        return rights.map(AclBinding::pattern)
                .map(pattern -> pattern.name().substring(PREFIX.length())
                        + (pattern.patternType() == PatternType.PREFIXED ? "*" : ""))
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> words(String cell) {
        return WORD.matcher(cell).results().map(found -> found.group(1)).collect(toCollection(TreeSet::new));
    }

    private static List<String> documented(Part part) throws Exception {
        try (var lines = Files.lines(Path.of("..", "docs", "kafka.md"))) {
            return lines.filter(line -> line.startsWith("| `" + part.word() + "`"))
                    .map(line -> List.of(line.split("\\|", -1)))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
