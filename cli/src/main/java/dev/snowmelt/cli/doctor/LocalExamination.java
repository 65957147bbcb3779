package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is on this machine: keys, and the folder of the stores.
record LocalExamination(Config config, Asked asked) implements Examination {
    private static final long LITTLE = 1L << 30;

    @Override
    public String subject() {
        return "machine";
    }

    @Override
    public void look(Consumer<Finding> tell) {
        // Only who runs the registrar has the trusted keys, and only who proposes the key that signs: settings are
        // shared, files are not.
        if (asked.about(ProcessRole.DETECT)) {
            tell.accept(trusted());
        }
        if (!asked.byName() || proposes()) {
            tell.accept(signing());
        }
        if (asked.about(ProcessRole.DETECT) || asked.about(ProcessRole.REMEDIATE)) {
            tell.accept(state());
        }
    }

    /// What registries said becomes proposals.
    private boolean proposes() {
        return asked.about(ProcessRole.DETECT) && config.registry().enabled();
    }

    private Finding trusted() {
        if (config.trust().keys().isEmpty()) {
            return Finding.warn(
                    "trust.keys",
                    "none: whoever may write to "
                            + config.kafka().topics().proposals().name() + " may declare",
                    "name the keys whose signatures count (docs/trust.md), or keep that topic's ACLs tight");
        }
        try {
            var _ = config.trust().trusted();
            return Finding.ok("trust.keys", config.trust().keys().size() + " files, all readable");
        } catch (CliException e) {
            return Finding.fail("trust.keys", words(e), "the registrar does not start without them: mend the files");
        }
    }

    private Finding signing() {
        if (config.trust().signingKey().isEmpty()) {
            return Finding.skipped("trust.signingKey", "not set: nothing is signed here");
        }
        try {
            var _ = config.trust().signer();
            return Finding.ok("trust.signingKey", config.trust().signingKey().get() + " is a key that signs");
        } catch (CliException e) {
            return Finding.fail("trust.signingKey", words(e), "mend the file");
        }
    }

    private static String words(CliException e) {
        return String.join(" ", e.lines().stream().map(String::strip).toList());
    }

    private Finding state() {
        Path folder = config.stateDir();
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return Finding.fail(
                    "state",
                    folder + " cannot be written to" + at(folder, existing),
                    "give this user the folder, or name another: stateDir (SNOWMELT_STATE_DIR)");
        }
        try {
            long free = Files.getFileStore(existing).getUsableSpace();
            String found = folder + " can be written to, " + (free >> 20) + " MiB are free";
            return free < LITTLE
                    ? Finding.warn("state", found, "a million instances take about 1 GiB; a full disk stops the role")
                    : Finding.ok("state", found);
        } catch (IOException e) {
            return Finding.skipped("state", "how much is free in " + folder + " cannot be told: " + e.getMessage());
        }
    }

    private static String at(Path folder, @Nullable Path existing) {
        return existing == null || existing.equals(folder.toAbsolutePath()) ? "" : " (because of " + existing + ")";
    }
}
