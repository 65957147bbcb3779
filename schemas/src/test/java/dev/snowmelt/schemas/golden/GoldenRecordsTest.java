package dev.snowmelt.schemas.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.DecidedSignature;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.QueuedProposal;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.ScanState;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStanding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Records of earlier versions must stay readable: they lie in topics that are kept for ever.
///
/// Golden records are written once and never again. After adding a message or a field,
/// `mvn test -pl schemas -Dtest=GoldenRecordsTest -Dsnowmelt.test.jvm=-Dgolden.write=true` adds the new ones.
class GoldenRecordsTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden/v1");
    private static final Pattern TOP_LEVEL_MESSAGE = Pattern.compile("^message (\\w+)");
    private static final List<Message> MESSAGES = List.of(
            Answer.getDefaultInstance(),
            CensusEntry.getDefaultInstance(),
            CollectorStatus.getDefaultInstance(),
            Command.getDefaultInstance(),
            DecidedSignature.getDefaultInstance(),
            Declaration.getDefaultInstance(),
            Declare.getDefaultInstance(),
            Evidence.getDefaultInstance(),
            Ledger.getDefaultInstance(),
            Observation.getDefaultInstance(),
            Outcome.getDefaultInstance(),
            Override.getDefaultInstance(),
            Proposal.getDefaultInstance(),
            QueuedProposal.getDefaultInstance(),
            Remediation.getDefaultInstance(),
            ScanReport.getDefaultInstance(),
            ScanRequest.getDefaultInstance(),
            ScanState.getDefaultInstance(),
            ScanTally.getDefaultInstance(),
            TargetStanding.getDefaultInstance(),
            TrackedRemediation.getDefaultInstance(),
            VerdictRecord.getDefaultInstance(),
            WorkloadStanding.getDefaultInstance());

    @BeforeAll
    static void writeWhatIsMissing() throws IOException {
        if (System.getProperty("golden.write") == null) {
            return;
        }
        Files.createDirectories(FOLDER);
        for (Message prototype : MESSAGES) {
            for (Map.Entry<String, Message> sample : Samples.of(prototype).entrySet()) {
                String name = type(prototype) + (sample.getKey().isEmpty() ? "" : "." + sample.getKey());
                write(name, sample.getValue());
            }
        }
    }

    /// Under the first free name, unless it has a record already.
    private static void write(String name, Message sample) throws IOException {
        String free = name;
        for (int n = 2; Files.exists(FOLDER.resolve(free + ".binpb")); n++) {
            if (read(free).equals(sample)) {
                return;
            }
            free = name + "." + n;
        }
        Files.write(FOLDER.resolve(free + ".binpb"), Serdes.deterministicBytes(sample));
        Files.writeString(FOLDER.resolve(free + ".json"), MessageText.pretty(sample) + "\n");
    }

    static Stream<String> records() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".binpb"))
                    .map(name -> name.substring(0, name.length() - ".binpb".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void isReadAsEverFromBytesAndFromJson(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(FOLDER.resolve(name + ".binpb"));
        Message read = read(name);
        Message fromJson =
                serde(name).deserializer().deserialize("t", Files.readAllBytes(FOLDER.resolve(name + ".json")));

        assertThat(fromJson).isEqualTo(read);
        assertThat(unknown(read))
                .as("fields whose number this version does not know")
                .isEmpty();
        assertThat(Serdes.deterministicBytes(read)).as("written as ever").isEqualTo(bytes);
    }

    @Test
    void everyFieldOfEveryMessageIsInARecord() throws IOException {
        Set<String> covered = new HashSet<>();
        for (String name : records().toList()) {
            collectSet(read(name), covered);
        }
        Set<String> all = new TreeSet<>();
        MESSAGES.forEach(prototype -> collectAll(prototype, all));

        all.removeAll(covered);
        assertThat(all)
                .as("fields without a golden record; add one with -Dgolden.write")
                .isEmpty();
    }

    /// A message that is stored on its own and is missing above is covered by no record.
    @Test
    void everyMessageIsPartOfOneThatHasARecord() throws IOException {
        Set<String> covered = new HashSet<>();
        for (String name : records().toList()) {
            collectTypes(read(name), covered);
        }
        Set<String> all = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/protobuf/snowmelt/v1"))) {
            for (Path file : files.toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    lines.map(TOP_LEVEL_MESSAGE::matcher)
                            .filter(Matcher::find)
                            .forEach(found -> all.add("snowmelt.v1." + found.group(1)));
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(40);

        all.removeAll(covered);
        assertThat(all)
                .as("messages without a golden record; name them in MESSAGES")
                .isEmpty();
    }

    private static Message read(String name) throws IOException {
        return serde(name).deserializer().deserialize("t", Files.readAllBytes(FOLDER.resolve(name + ".binpb")));
    }

    private static org.apache.kafka.common.serialization.Serde<Message> serde(String name) {
        String type = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
        return Serdes.message(MESSAGES.stream()
                .filter(prototype -> type(prototype).equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no message " + type)));
    }

    private static String type(Message prototype) {
        return prototype.getDescriptorForType().getName();
    }

    private static List<UnknownFieldSet> unknown(Message message) {
        List<UnknownFieldSet> found = new ArrayList<>();
        if (!message.getUnknownFields().asMap().isEmpty()) {
            found.add(message.getUnknownFields());
        }
        children(message).forEach(child -> found.addAll(unknown(child)));
        return found;
    }

    private static void collectTypes(Message message, Set<String> types) {
        types.add(message.getDescriptorForType().getFullName());
        children(message).forEach(child -> collectTypes(child, types));
    }

    private static void collectSet(Message message, Set<String> fields) {
        message.getAllFields().keySet().forEach(field -> fields.add(field.getFullName()));
        children(message).forEach(child -> collectSet(child, fields));
    }

    private static Stream<Message> children(Message message) {
        return message.getAllFields().values().stream()
                .flatMap(value -> value instanceof List<?> list ? list.stream() : Stream.of(value))
                .filter(Message.class::isInstance)
                .map(Message.class::cast);
    }

    private static void collectAll(Message prototype, Set<String> fields) {
        for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
            boolean google = field.getFullName().startsWith("google.protobuf.");
            if (!google && fields.add(field.getFullName()) && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                collectAll(
                        prototype.newBuilderForType().newBuilderForField(field).build(), fields);
            }
        }
    }
}
