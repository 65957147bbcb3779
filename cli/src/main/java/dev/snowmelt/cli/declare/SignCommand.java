package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.config.Trust;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.schemas.trust.SigningKey;
import dev.snowmelt.v1.Proposal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt sign`: signs in one place what another publishes.
@Command(
        name = "sign",
        description = {
            "Signs declarations and writes one DSSE envelope a line, ready to be published by",
            "'snowmelt declare -f' or by kcat. Nothing is published, and no broker is needed.",
            "Where 'trust.signingKey' is configured, commands that propose sign by themselves."
        },
        footer = {
            "",
            "Besides declarations, documents may be whole proposals: {rollback: …}, {removal: …},",
            "{override: …}, {withdrawal: …}. A signature counts once, until it expires.",
            "",
            "A pair of keys, and the public half for 'trust.keys' of the registrar:",
            "  openssl genpkey -algorithm ed25519 -out key.pem",
            "  openssl pkey -in key.pem -pubout -out key.pub.pem",
            "",
            "Examples:",
            "  snowmelt sign -f declarations/ --key key.pem --reason 'release 1.4' > signed.jsonl",
            "  snowmelt declare -f signed.jsonl",
            "  snowmelt sign -f cart.yaml --key key.pem --expected-revision 7 --expires 10m |",
            "    kcat -P -b kafka:9092 -t snowmelt.proposals"
        })
public final class SignCommand extends SnowmeltCommand {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            description = "Declarations or proposals, YAML or JSON; - is standard input. May be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Ed25519 private key in PEM (trust.signingKey of the configuration).")
    private @Nullable Path key;

    @Option(
            names = "--expires",
            paramLabel = "DURATION",
            defaultValue = "1h",
            description = "How long the signatures count, at most 24h (${DEFAULT-VALUE}).")
    private Duration expires = Duration.ofHours(1);

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so (the user's name).")
    private String by = user();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the revision.")
    private String reason = "";

    @Option(
            names = "--expected-revision",
            paramLabel = "N",
            description = "Refused unless this is the newest revision then (0: none yet). For one document.")
    private @Nullable Long expectedRevision;

    @Override
    public Integer call() {
        if (files.isEmpty()) {
            throw misused("Say what to sign: -f FILE.");
        }
        if (expires.isZero() || expires.compareTo(SignedProposal.LONGEST) > 0) {
            throw misused("--expires must be more than 0s and at most 24h.");
        }
        SigningKey signer = signer();
        Instant now = root().surroundings().clock().instant();
        Long expected = expectedRevision;
        var documents = new ProposalDocuments(new ProposalDocuments.Defaults(
                by,
                reason,
                now,
                now.plus(expires),
                expected == null ? OptionalLong.empty() : OptionalLong.of(expected)));
        files.forEach(documents::read);
        demandSound(documents.faults());
        List<Proposal> proposals = documents.proposals();
        if (proposals.isEmpty()) {
            throw new CliException("There is no declaration in " + Intake.name(files.getFirst()) + ".");
        }
        if (expected != null && proposals.size() > 1) {
            throw misused("--expected-revision is for one document, and there are " + proposals.size()
                    + "; write 'expectedRevision' into each.");
        }
        PrintWriter out = root().surroundings().out();
        proposals.forEach(
                proposal -> out.println(SignedProposal.sign(proposal, signer).line()));
        out.flush();
        return ExitCode.OK;
    }

    private SigningKey signer() {
        Path file = key;
        return file != null
                ? Trust.signer("--key: ", file)
                : config().trust()
                        .signer()
                        .orElseThrow(() -> misused("Say which key signs: --key FILE, or 'trust.signingKey'."));
    }

    private static void demandSound(List<Fault> faults) {
        if (!faults.isEmpty()) {
            List<String> lines = new ArrayList<>();
            lines.add("Nothing was signed; there "
                    + (faults.size() == 1 ? "is 1 fault:" : "are " + faults.size() + " faults:"));
            faults.forEach(fault -> lines.add("  " + fault));
            throw new CliException(ExitCode.ERROR, lines);
        }
    }
}
