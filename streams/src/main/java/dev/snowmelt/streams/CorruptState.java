package dev.snowmelt.streams;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// Stores that RocksDB finds damaged: by a disk, by a machine that lost its power, by a person. Streams has no answer
/// to that but a thread that fails, again and again, although everything is in the changelogs. So the task's folder is
/// removed, and its next owner reads its changelogs from their beginning.
///
/// Only what RocksDB itself calls corruption: a full or unreadable disk would not get better by it.
final class CorruptState {
    /// A disk that damages a new store again and again is no accident.
    private static final int MOST_PER_TASK = 3;

    private static final Pattern LOCATION = Pattern.compile(" at location (\\S.*)$");
    private static final Pattern TASK = Pattern.compile("\\d+_\\d+");

    private final Path stores;
    private final Map<String, Integer> removed = new HashMap<>();

    /// @param stores folder of the application's tasks: `<state.dir>/<application.id>`
    CorruptState(Path stores) {
        this.stores = stores.toAbsolutePath().normalize();
    }

    /// Removes the folder of the task whose stores a thread failed at. Called on that thread: it holds the task's lock
    /// until it has ended, so nobody opens the stores meanwhile; what it still has open it loses, and that is to be
    /// restored anyway. Or before any thread was started.
    ///
    /// @return the task; empty when the failure is another one, or cannot be mended so
    synchronized Optional<String> mend(Throwable failure) {
        if (!isCorruption(failure)) {
            return Optional.empty();
        }
        return task(failure)
                .filter(task -> removed.merge(task, 1, Integer::sum) <= MOST_PER_TASK)
                .filter(task -> remove(stores.resolve(task)));
    }

    /// True when RocksDB found its files damaged.
    static boolean isCorruption(Throwable failure) {
        return causes(failure)
                .anyMatch(cause -> cause instanceof RocksDBException rocks
                        && rocks.getStatus() != null
                        && rocks.getStatus().getCode() == Status.Code.Corruption);
    }

    private Optional<String> task(Throwable failure) {
        Optional<String> named = causes(failure)
                .flatMap(cause -> cause instanceof StreamsException streams
                        ? streams.taskId().map(TaskId::toString).stream()
                        : Stream.empty())
                .findFirst();
        return named.or(() -> causes(failure)
                        .flatMap(cause -> Stream.ofNullable(cause.getMessage()))
                        .flatMap(message -> located(message).stream())
                        .findFirst())
                .filter(task -> TASK.matcher(task).matches());
    }

    /// Streams' message of a store that cannot be opened names its folder, below the task's.
    private Optional<String> located(String message) {
        Matcher location = LOCATION.matcher(message);
        if (!location.find()) {
            return Optional.empty();
        }
        Path path = Path.of(location.group(1)).toAbsolutePath().normalize();
        return path.startsWith(stores) && path.getNameCount() > stores.getNameCount()
                ? Optional.of(path.getName(stores.getNameCount()).toString())
                : Optional.empty();
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(
                        (@Nullable Throwable) failure,
                        cause -> cause != null,
                        cause -> cause == null ? null : cause.getCause())
                .flatMap(Stream::ofNullable)
                .limit(20);
    }

    private static boolean remove(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            List<Path> deepestFirst =
                    found.sorted(java.util.Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
            return true;
        } catch (IOException | java.io.UncheckedIOException _) {
            // The failure itself is told; without the folder's removal it stays as it is.
            return false;
        }
    }
}
