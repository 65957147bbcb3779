package dev.snowmelt.detector.collect.kubernetes;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which pods have no controller, so that one is noticed that was released (somebody took away the
/// label that its ReplicaSet selects by) or adopted: only a snapshot tells that it left the workload
/// that it was told under before.
///
/// Those pods are few, as nothing recreates them, and all are told: by each list, or when they
/// appear. So one that changes and was not told as such had a controller before. Bounded: where
/// there are more of them nothing is noticed, rather than too much. Thread-safe: a list and a watch
/// tell at the same time.
final class FreePods {
    private final int limit;
    private Set<String> told = new HashSet<>();
    /// Told before the last list began: it may not have told them yet.
    private Set<String> before = new HashSet<>();
    private boolean tooMany;
    private boolean tooManyBefore;
    private @Nullable Object list;

    /// @param limit how many are remembered of each list
    FreePods(int limit) {
        this.limit = limit;
    }

    /// It was listed, or has appeared.
    ///
    /// @param of what identifies the list; null: it has appeared
    synchronized void exists(String uid, boolean free, @Nullable Object of) {
        if (of != null && !of.equals(list)) {
            list = of;
            before = told;
            tooManyBefore = tooMany;
            told = new HashSet<>();
            tooMany = false;
        }
        if (free) {
            remember(uid);
        } else if (of == null) {
            forget(uid);
        }
    }

    /// It has changed, as a watch tells.
    ///
    /// @return true when it was released or adopted since it was last told
    synchronized boolean changed(String uid, boolean free) {
        boolean was = told.contains(uid) || before.contains(uid);
        if (free == was) {
            return false;
        }
        if (!free) {
            forget(uid);
            return true;
        }
        boolean notice = !tooMany && !tooManyBefore;
        remember(uid);
        return notice && !tooMany;
    }

    /// It is there no longer.
    synchronized void forget(String uid) {
        told.remove(uid);
        before.remove(uid);
    }

    private void remember(String uid) {
        if (told.size() < limit) {
            told.add(uid);
        } else {
            tooMany |= !told.contains(uid);
        }
    }
}
