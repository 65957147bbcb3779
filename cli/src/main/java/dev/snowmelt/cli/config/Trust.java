package dev.snowmelt.cli.config;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.schemas.trust.SigningKey;
import dev.snowmelt.schemas.trust.TrustedKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keys of proposals. Files are read when their keys are needed: roles that share a configuration
/// need not have all.
///
/// @param keys PEM files with the public keys whose signatures count; empty: nobody checks
/// signatures
/// @param signingKey PEM file with the private key that signs what is proposed here; empty: nothing
/// is signed
public record Trust(List<Path> keys, Optional<Path> signingKey) {
    /// Keeps a copy.
    public Trust {
        keys = List.copyOf(keys);
    }

    static Trust read(ConfigReader reader) {
        return new Trust(
                reader.list("trust.keys").stream().map(Path::of).toList(),
                reader.text("trust.signingKey").map(Path::of));
    }

    /// The keys whose signatures count.
    ///
    /// @throws CliException with a line for each file that is unfit
    public TrustedKeys trusted() {
        TrustedKeys.Loaded loaded = TrustedKeys.read(keys);
        if (!loaded.problems().isEmpty()) {
            int count = loaded.problems().size();
            List<String> lines = new ArrayList<>();
            lines.add("trust.keys " + (count == 1 ? "has 1 fault:" : "has " + count + " faults:"));
            loaded.problems().forEach(problem -> lines.add("  " + problem.getPath() + ": " + problem.getMessage()));
            throw new CliException(ExitCode.ERROR, lines);
        }
        return loaded.keys();
    }

    /// The key that signs.
    ///
    /// @throws CliException when its file is unfit
    public Optional<SigningKey> signer() {
        return signingKey.map(file -> signer("trust.signingKey: ", file));
    }

    /// A key that signs.
    ///
    /// @param said where the file was named, for the fault
    /// @throws CliException when it is unfit
    public static SigningKey signer(String said, Path file) {
        try {
            return SigningKey.read(file);
        } catch (IllegalArgumentException e) {
            throw new CliException(said + file + ": " + e.getMessage());
        }
    }
}
