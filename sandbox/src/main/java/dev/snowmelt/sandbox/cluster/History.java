package dev.snowmelt.sandbox.cluster;

import dev.snowmelt.sandbox.cluster.Stored.Change;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The recent changes of one resource, in order. Cursors count changes since the start and stay valid until
/// compaction passes them. Guarded by the store's lock.
final class History {

    private final int limit;
    private final List<Change> changes = new ArrayList<>();
    private long base;
    /// Version of the last change that is no longer here.
    private long forgotten;

    History(int limit) {
        this.limit = limit;
    }

    void append(Change change) {
        changes.add(change);
        if (changes.size() >= 2 * limit) {
            forget(changes.size() - limit);
        }
    }

    void compact(long upTo) {
        forget(changes.size());
        forgotten = upTo;
    }

    private void forget(int count) {
        if (count > 0) {
            forgotten = changes.get(count - 1).version();
            changes.subList(0, count).clear();
            base += count;
        }
    }

    @Nullable Long cursor(long since) {
        return since < forgotten ? null : base + position(since);
    }

    @Nullable List<Change> read(long cursor, int max) {
        if (cursor < base) {
            return null;
        }
        int from = (int) (cursor - base);
        return List.copyOf(changes.subList(from, Math.min(changes.size(), from + max)));
    }

    /// Changes after a version, oldest first; null when some of them are forgotten.
    @Nullable List<Change> after(long version) {
        return version < forgotten ? null : changes.subList(position(version), changes.size());
    }

    long lastBefore(long version) {
        int position = position(version);
        return position == 0 ? forgotten : changes.get(position - 1).version();
    }

    /// Index of the first change after a version.
    private int position(long version) {
        int low = 0;
        int high = changes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (changes.get(middle).version() <= version) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
