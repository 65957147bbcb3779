package dev.snowmelt.sandbox.kafka;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.metadata.storage.FormatterException;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/// The folder of a cluster's data: one `node-N` folder a node, formatted once, locked while in use.
final class DataFolder implements Closeable {

    private final Path folder;
    private final boolean temporary;
    private final FileChannel lockFile;
    private final String clusterId;

    /// Opens, locks and formats the folder for nodes 1 to `nodes`; what an earlier run left there stays.
    ///
    /// @param given null for a temporary folder, deleted by [#close]
    /// @throws BrokerStartException when another process uses the folder, or it holds another number of nodes
    static DataFolder open(@Nullable Path given, int nodes) {
        Path folder = given;
        try {
            folder = given == null ? Files.createTempDirectory("snowmelt-kafka-") : Files.createDirectories(given);
            var lockFile = lock(folder);
            try {
                return new DataFolder(folder, given == null, lockFile, format(folder, nodes));
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw new BrokerStartException("The data folder " + folder + " cannot be used: " + e + ".", e);
        }
    }

    private DataFolder(Path folder, boolean temporary, FileChannel lockFile, String clusterId) {
        this.folder = folder;
        this.temporary = temporary;
        this.lockFile = lockFile;
        this.clusterId = clusterId;
    }

    String clusterId() {
        return clusterId;
    }

    Path path() {
        return folder;
    }

    Path node(int id) {
        return node(folder, id);
    }

    /// Gives the folder free, and deletes it when it was temporary.
    @Override
    public void close() {
        try {
            lockFile.close();
            if (temporary && Files.exists(folder)) {
                deleteRecursively(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("closing the data folder " + folder, e);
        }
    }

    private static Path node(Path folder, int id) {
        return folder.resolve("node-" + id);
    }

    private static FileChannel lock(Path folder) throws IOException {
        var file = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException _) {
            lock = null;
        }
        if (lock == null) {
            file.close();
            throw new BrokerStartException("The data folder " + folder + " is already used by another running broker.");
        }
        return file;
    }

    private static String format(Path folder, int nodes) throws IOException {
        var directories = new TreeSet<String>();
        for (int id = 1; id <= nodes; id++) {
            directories.add(node(folder, id).toString());
        }
        try (Stream<Path> children = Files.list(folder)) {
            children.filter(child -> child.getFileName().toString().startsWith("node-"))
                    .forEach(child -> directories.add(child.toString()));
        }
        var found = new MetaPropertiesEnsemble.Loader().addLogDirs(directories).load();
        var formatted = found.logDirProps().size();
        if (formatted != 0 && formatted != nodes) {
            throw new BrokerStartException("The data folder " + folder + " holds the data of " + formatted
                    + " Kafka node(s) and cannot be opened with " + nodes + ".");
        }
        var clusterId = found.clusterId().orElseGet(() -> Uuid.randomUuid().toString());
        for (int id = 1; id <= nodes; id++) {
            formatNode(Files.createDirectories(node(folder, id)), id, clusterId);
        }
        return clusterId;
    }

    /// Every feature gets its newest production level; in Kafka 4.3 that includes transaction.version 2.
    // Formatter.run declares a bare Exception.
    private static void formatNode(Path node, int id, String clusterId) throws IOException {
        var said = new ByteArrayOutputStream();
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(said, false, StandardCharsets.UTF_8))
                    .setNodeId(id)
                    .setClusterId(clusterId)
                    .setControllerListenerName(NodeSettings.CONTROLLER)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .setMetadataLogDirectory(node.toString())
                    .addDirectory(node.toString())
                    .run();
        } catch (IOException | FormatterException e) {
            throw new IOException(
                    "formatting " + node + " failed: " + e.getMessage() + " " + said.toString(StandardCharsets.UTF_8),
                    e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("formatting " + node + " failed", e);
        }
    }

    private static void deleteRecursively(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (var path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
