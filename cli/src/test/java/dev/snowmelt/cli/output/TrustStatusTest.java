package dev.snowmelt.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.TestKeys;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustStatusTest {
    @TempDir
    private Path folder;

    @Test
    void unsignedSaysWhoMayDeclare() {
        TrustStatus status = status(TrustedKeys.read(List.of()), "", "");

        assertThat(status.lines())
                .containsExactly(
                        "trust: unsigned — whoever may write to snowmelt.proposals may declare; see 'trust.keys'",
                        "  2 of 2 declarations carry no signature");
        assertThat(status.tree().toString())
                .isEqualTo("{\"mode\":\"unsigned\",\"keys\":[],\"unreadable\":[],\"declarations\":2,"
                        + "\"unsignedDeclarations\":2,\"declarationsOfOtherKeys\":0}");
    }

    @Test
    void signedCountsWhatIsNot() {
        TrustedKeys.Loaded trusted = keys("anna", "ben");
        String anna = trusted.keys().ids().iterator().next();

        TrustStatus status = status(trusted, anna, "", "somebody's");

        assertThat(status.lines())
                .containsExactly(
                        "trust: signed (2 keys)",
                        "  1 of 3 declarations carry no signature",
                        "  1 of 3 declarations were signed by keys that are not trusted");
        assertThat(status.tree().get("mode").stringValue()).isEqualTo("signed");
    }

    @Test
    void allSignedIsOneLine() {
        TrustedKeys.Loaded trusted = keys("anna");

        assertThat(status(trusted, trusted.keys().ids().iterator().next()).lines())
                .containsExactly("trust: signed (1 key)");
    }

    /// Whoever looks need not have the keys, and must not be told that nobody checks.
    @Test
    void signaturesOfDeclarationsShowThatTheyAreChecked() {
        TrustStatus status = status(TrustedKeys.read(List.of()), "anna's", "");

        assertThat(status.otherKeys()).isZero();
        assertThat(status.lines())
                .containsExactly(
                        "trust: signed, as the declarations show; 'trust.keys' is not configured here",
                        "  1 of 2 declarations carry no signature");
    }

    @Test
    void keysThatCannotBeReadAreTold() {
        TrustStatus status = status(TrustedKeys.read(List.of(folder.resolve("missing.pem"))));

        assertThat(status.lines())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("trust: signed (0 keys)"),
                        second -> assertThat(second).endsWith("missing.pem: there is no such file"));
    }

    private TrustedKeys.Loaded keys(String... names) {
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            files.add(TestKeys.in(folder, name).publicKey());
        }
        return TrustedKeys.read(files);
    }

    private static TrustStatus status(TrustedKeys.Loaded trusted, String... signedBy) {
        List<Declaration> declarations = new ArrayList<>();
        for (String by : signedBy) {
            declarations.add(Declaration.newBuilder()
                    .addRevisions(Revision.newBuilder().setNumber(2).setSignedBy(by))
                    .addRevisions(Revision.newBuilder().setNumber(1).setSignedBy("earlier"))
                    .build());
        }
        declarations.add(Declaration.getDefaultInstance());
        return TrustStatus.of("snowmelt.proposals", trusted, declarations);
    }
}
