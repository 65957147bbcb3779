package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.v1.Declare;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Declarations in files, for those who judge by them without declaring them to others.
public final class DeclaredFiles {
    private DeclaredFiles() {}

    /// @param paths files or folders; `-` is standard input
    /// @param now for the rules about times in signed documents; signatures themselves are not looked at
    /// @throws CliException with a line for each fault of all files
    public static List<Declare> read(List<Path> paths, Instant now) {
        var intake = new Intake();
        paths.forEach(path -> DeclarationFiles.read(path, intake));
        Gathered gathered = Preparation.of(intake.gathered(), Adjustments.NONE, now);
        gathered.demandSound(false);
        List<Declare> declarations = new ArrayList<>();
        for (Draft draft : gathered.drafts()) {
            switch (draft) {
                case Draft.Stated stated -> declarations.add(stated.declare());
                case Draft.Sourced sourced -> declarations.add(sourced.declare());
                case Draft.Signed signed
                when signed.proposal().hasDeclare() ->
                    declarations.add(signed.proposal().getDeclare());
                case Draft.Signed signed ->
                    throw new CliException(signed.place() + " is no declaration, which is all that counts here.");
            }
        }
        if (declarations.isEmpty()) {
            throw new CliException("There is no declaration in " + Intake.name(paths.getFirst()) + ".");
        }
        return declarations;
    }
}
