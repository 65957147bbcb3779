package dev.snowmelt.cli.declare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A folder that is looked at again and again, sooner when the file system tells of a change. A mounted ConfigMap
/// changes by a link that is swapped, a mount over the network tells of nothing: so the telling only hastens the look.
final class WatchedFolder implements AutoCloseable {
    private final Path root;
    private final WatchService events;
    private final Map<Path, WatchKey> watched = new HashMap<>();

    WatchedFolder(Path root) {
        this.root = root;
        try {
            events = FileSystems.getDefault().newWatchService();
        } catch (IOException e) {
            throw new UncheckedIOException("changes of " + root + " cannot be watched", e);
        }
    }

    /// Everything in the folder, checked by the rules.
    Gathered read(Instant now) {
        var intake = new Intake();
        if (!Files.isDirectory(root)) {
            intake.fault(new Fault(Place.of(root.toString()), "", "is no folder that can be read"));
            return intake.gathered();
        }
        Folder folder = Folder.read(root);
        folder.folders().forEach(this::watch);
        watched.keySet().retainAll(folder.folders());
        folder.faults().forEach(intake::fault);
        folder.files().forEach(file -> DeclarationFiles.read(file, intake));
        intake.gathered().drafts().stream()
                .filter(draft -> draft instanceof Draft.Signed signed
                        && !signed.proposal().hasDeclare())
                .forEach(draft -> intake.fault(
                        new Fault(draft.place(), "payload", "is no declaration: nothing else is kept published")));
        return Preparation.of(intake.gathered(), Adjustments.NONE, now);
    }

    private void watch(Path folder) {
        WatchKey known = watched.get(folder);
        if (known != null && known.isValid()) {
            return;
        }
        try {
            watched.put(
                    folder,
                    folder.register(
                            events,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_DELETE,
                            StandardWatchEventKinds.ENTRY_MODIFY));
        } catch (IOException _) {
            // It went away meanwhile, or the system has no watches left: the regular look finds out.
        }
    }

    /// Returns as soon as something changes, or after so long.
    void await(Duration atMost) throws InterruptedException {
        WatchKey key = events.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        while (key != null) {
            key.pollEvents();
            key.reset();
            key = events.poll();
        }
    }

    @Override
    public void close() {
        try {
            events.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
