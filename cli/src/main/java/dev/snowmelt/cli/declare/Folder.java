package dev.snowmelt.cli.declare;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// The declaration files in and below a folder.
///
/// Names that begin with a dot are passed over: a mounted ConfigMap keeps its content in `..2026_11_01…`, links
/// `..data` to it, and links the visible names to files in `..data`; a Git checkout has `.git`. Links are followed.
///
/// @param files `.yaml`, `.yml` and `.json`, sorted
/// @param folders the folder itself and those below it
/// @param faults what could not be looked into
record Folder(List<Path> files, List<Path> folders, List<Fault> faults) {
    private static final int DEEPEST = 32;

    Folder {
        files = files.stream().sorted().toList();
        folders = List.copyOf(folders);
        faults = List.copyOf(faults);
    }

    /// Looks into a folder and those below it.
    static Folder read(Path root) {
        var visitor = new Visitor(root);
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, visitor);
        } catch (IOException e) {
            visitor.visitFileFailed(root, e);
        }
        return new Folder(visitor.files, visitor.folders, visitor.faults);
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<Path> files = new ArrayList<>();
        private final List<Path> folders = new ArrayList<>();
        private final List<Fault> faults = new ArrayList<>();

        Visitor(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (hidden(folder)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            folders.add(folder);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isDeclaration(file)) {
                if (attributes.isRegularFile()) {
                    files.add(file);
                } else if (attributes.isSymbolicLink()) { // a link that can be followed does not come here
                    faults.add(new Fault(Place.of(file.toString()), "", "is a link to nothing"));
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) {
            String why = switch (e) {
                case FileSystemLoopException _ -> "links to a folder above it";
                case NoSuchFileException _ -> "went away";
                default -> "cannot be read: " + e.getMessage();
            };
            boolean matters = Files.isDirectory(path) || isDeclaration(path) || path.equals(root);
            if (!hidden(path) && matters) {
                faults.add(new Fault(Place.of(path.toString()), "", why));
            }
            return FileVisitResult.CONTINUE;
        }

        private boolean hidden(Path path) {
            return !path.equals(root) && path.getFileName().toString().startsWith(".");
        }

        private boolean isDeclaration(Path file) {
            return !hidden(file) && file.toString().matches("(?s).*\\.(yaml|yml|json)");
        }
    }
}
