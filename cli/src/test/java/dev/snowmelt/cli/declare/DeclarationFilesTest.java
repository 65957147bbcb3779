package dev.snowmelt.cli.declare;

import static dev.snowmelt.cli.declare.Drafts.CART;
import static dev.snowmelt.cli.declare.Drafts.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Proposal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeclarationFilesTest {
    @TempDir
    private Path folder;

    @Test
    void aMountedConfigMapIsReadOnce() throws IOException {
        Path data = Files.createDirectories(folder.resolve("..2026_11_23_08_00_00.123"));
        Files.writeString(data.resolve("cart.yaml"), document(CART));
        Files.createSymbolicLink(folder.resolve("..data"), data.getFileName());
        Files.createSymbolicLink(folder.resolve("cart.yaml"), Path.of("..data", "cart.yaml"));

        Gathered gathered = read(folder);

        assertThat(gathered.faults()).isEmpty();
        assertThat(gathered.drafts())
                .extracting(Draft::place)
                .containsExactly(Place.of(folder.resolve("cart.yaml").toString()));
    }

    @Test
    void aCheckoutIsReadWithItsFoldersButWithoutItsInnards() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("shop/eu")).resolve("cart.yml"), document(CART));
        Files.writeString(Files.createDirectories(folder.resolve(".git")).resolve("web.yaml"), "no: declaration");
        Files.writeString(folder.resolve("web.json"), "{\"workload\": \"" + WEB + "\"}");
        Files.writeString(folder.resolve("README.md"), "- no\n declaration");

        Gathered gathered = read(folder);

        assertThat(gathered.faults()).isEmpty();
        assertThat(gathered.drafts()).extracting(Draft::subject).containsExactly(CART, WEB);
    }

    @Test
    void linksThatLeadNowhereOrInCirclesAreFaults() throws IOException {
        Files.writeString(folder.resolve("cart.yaml"), document(CART));
        Files.createSymbolicLink(folder.resolve("gone.yaml"), Path.of("nowhere.yaml"));
        Files.createSymbolicLink(folder.resolve("circle"), folder);

        Gathered gathered = read(folder);

        assertThat(gathered.faults())
                .extracting(Fault::toString)
                .containsExactlyInAnyOrder(
                        folder.resolve("gone.yaml") + ": is a link to nothing",
                        folder.resolve("circle") + ": links to a folder above it");
        assertThat(gathered.drafts()).extracting(Draft::subject).containsExactly(CART);
    }

    @Test
    void standardInputIsReadOnce() throws IOException {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(
                    (document(CART) + "---\n" + document(WEB)).getBytes(StandardCharsets.UTF_8)));
            var intake = new Intake();

            DeclarationFiles.read(Path.of("-"), intake);
            DeclarationFiles.read(Path.of("-"), intake);

            assertThat(intake.gathered().drafts())
                    .extracting(Draft::place)
                    .containsExactly(new Place("standard input", 1), new Place("standard input", 2));
            assertThat(intake.gathered().faults())
                    .singleElement()
                    .hasToString("standard input: standard input can be read only once");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aSignedDocumentIsKeptAsItIs() throws IOException {
        var proposal = Proposal.newBuilder()
                .setDeclare(Drafts.declare(CART, Drafts.PINNED))
                .build();
        String envelope = """
                {"payloadType": "application/vnd.snowmelt.proposal.v1+json", "payload": "%s",
                 "signatures": [{"keyid": "1", "sig": "AAAA"}]}
                """.formatted(Base64.getEncoder()
                .encodeToString(MessageText.line(proposal).getBytes(StandardCharsets.UTF_8)));
        Path file = Files.writeString(folder.resolve("signed.json"), envelope);

        Gathered gathered = read(file);

        assertThat(gathered.faults()).isEmpty();
        assertThat(gathered.drafts()).singleElement().isInstanceOfSatisfying(Draft.Signed.class, signed -> {
            assertThat(signed.proposal()).isEqualTo(proposal);
            assertThat(MessageText.line(signed.envelope())).isEqualTo(envelope.replaceAll("\\s", ""));
        });
    }

    /// As `snowmelt sign` writes them.
    @Test
    void aLineMayBeADocument() throws IOException {
        String line = """
                {"payloadType": "application/vnd.snowmelt.proposal.v1+json", "payload": "e30=", "signatures": [{"sig": ""}]}
                """;
        Path file = Files.writeString(folder.resolve("signed.jsonl"), line + "\n" + line + "{\"workload\": {}}\n{,}\n");

        Gathered gathered = read(file);

        assertThat(gathered.drafts()).hasSize(2).allMatch(draft -> draft instanceof Draft.Signed);
        assertThat(gathered.faults())
                .extracting(Fault::toString)
                .anySatisfy(fault -> assertThat(fault).startsWith(file + " document 3: workload"))
                .anySatisfy(fault -> assertThat(fault).startsWith(file + " document 4: JSON of line 4"));
    }

    @Test
    void aBrokenEnvelopeIsAFault() throws IOException {
        Path file = Files.writeString(folder.resolve("signed.yaml"), """
                payloadType: application/vnd.snowmelt.proposal.v1+json
                payload: "AAAA"
                signatures: []
                ---
                payloadType: x
                payload: "AAAA"
                signatures: [{sig: AAAA}]
                ---
                payloadType: application/vnd.snowmelt.proposal.v1+protobuf
                payload: "AAAA"
                signatures: [{sig: AAAA}]
                """);

        assertThat(read(file).faults())
                .extracting(Fault::toString)
                .satisfiesExactly(
                        fault ->
                                assertThat(fault).startsWith(file + " document 1: the envelope must have 'signatures'"),
                        fault -> assertThat(fault).startsWith(file + " document 2: payloadType: must be "),
                        fault -> assertThat(fault)
                                .startsWith(file + " document 3: payload: value is neither a Protobuf Proposal"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "# later\n", "---\n---\n"})
    void aFileWithoutADocumentIsAFault(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("cart.yaml"), text);

        assertThat(read(folder).faults())
                .singleElement()
                .hasToString(file + ": holds no declaration; write one, or delete the file");
    }

    private static String document(String workload) {
        return "workload: " + workload + "\nspec: {containers: [{name: c0, image: '" + Drafts.PINNED + "'}]}\n";
    }

    private static Gathered read(Path path) {
        var intake = new Intake();
        DeclarationFiles.read(path, intake);
        return intake.gathered();
    }
}
