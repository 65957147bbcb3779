package dev.snowmelt.cli.declare;

import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Found.Remark;
import dev.snowmelt.sources.Found.Unresolved;
import dev.snowmelt.sources.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes in what every source on the command line yields; whatever is wrong is kept beside it, so
/// that all faults of all sources are told at once.
///
/// A source reads its files with [#files] and [#text], parses them, and hands in what it found:
/// ```
/// for (Path file : intake.files(path)) {
///     intake.text(file).ifPresent(text -> intake.take(Intake.name(file), () -> Manifests.read(text, …)));
/// }
/// ```
final class Intake {
    private static final Path STDIN = Path.of("-");

    private final List<Draft> drafts = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<Unresolved> unresolved = new ArrayList<>();
    private final List<Remark> remarks = new ArrayList<>();
    private boolean stdinRead;

    /// What a path means: the file itself, `-`, or all files `.yaml`, `.yml` and `.json` in and
    /// below a folder.
    List<Path> files(Path path) {
        if (path.equals(STDIN) || !Files.isDirectory(path)) {
            return List.of(path);
        }
        Folder folder = Folder.read(path);
        folder.faults().forEach(this::fault);
        return folder.files();
    }

    /// The text of a file, or of standard input for `-`; empty when it cannot be read, which is a
    /// fault.
    Optional<String> text(Path path) {
        try {
            if (!path.equals(STDIN)) {
                return Optional.of(Files.readString(path));
            }
            if (claimStdin()) {
                return Optional.of(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            unreadable(path, e);
        }
        return Optional.empty();
    }

    /// Hands the bytes of a file, or of standard input for `-`, to a source that reads them itself,
    /// because they may be too many to hold. What cannot be read is a fault.
    void stream(Path path, Streaming source) {
        if (path.equals(STDIN) && !claimStdin()) {
            return;
        }
        take(name(path), () -> {
            try (InputStream in = path.equals(STDIN) ? System.in : Files.newInputStream(path)) {
                return source.read(in);
            } catch (IOException e) {
                unreadable(path, e);
                return Found.NOTHING;
            }
        });
    }

    private boolean claimStdin() {
        if (stdinRead) {
            fault(STDIN, "standard input can be read only once");
            return false;
        }
        stdinRead = true;
        return true;
    }

    private void unreadable(Path path, IOException e) {
        fault(
                path,
                switch (e) {
                    case NoSuchFileException _ -> "there is no such file";
                    case AccessDeniedException _ -> "may not be read";
                    case MalformedInputException _ -> "is not UTF-8 text";
                    default -> "cannot be read: " + e.getMessage();
                });
    }

    /// What faults and tables call a path.
    static String name(Path path) {
        return path.equals(STDIN) ? "standard input" : path.toString();
    }

    /// Something that knows images and no policy.
    interface Source {
        /// Parses what was read.
        Found read() throws SourceException;
    }

    /// Something that reads bytes and knows images and no policy.
    interface Streaming {
        /// Reads and parses.
        Found read(InputStream in) throws IOException, SourceException;
    }

    /// Takes in what a source finds.
    ///
    /// @param file what it is found in
    void take(String file, Source source) {
        try {
            Found found = source.read();
            found.declarations().forEach(declare -> drafts.add(new Draft.Sourced(Place.of(file), declare)));
            unresolved.addAll(found.unresolved());
            remarks.addAll(found.remarks());
        } catch (SourceException e) {
            e.faults().forEach(each -> faults.add(new Fault(Place.of(each.place()), "", each.message())));
        }
    }

    void draft(Draft draft) {
        drafts.add(draft);
    }

    void fault(Fault fault) {
        faults.add(fault);
    }

    private void fault(Path path, String message) {
        faults.add(new Fault(Place.of(name(path)), "", message));
    }

    Gathered gathered() {
        return new Gathered(drafts, faults, unresolved, remarks);
    }
}
