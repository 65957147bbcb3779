package dev.snowmelt.detector.topology;

/// The facets of conformant instances on one partition, by the hash of the record that brought them: what is in here
/// and
/// comes again unchanged needs no second look.
///
/// A mark goes with every hash: for a platform's facet the offset of the record that showed it last, for an agent's the
/// time. Open addressing with linear probing over one array of longs (a hash and its mark lie side by side, in one
/// cache
/// line), 20 to 26 bytes a facet. Belongs to one thread.
final class FacetIndex {
    /// What [#mark] says of a hash that is not here.
    static final long ABSENT = -1;

    private static final int SMALLEST = 64;
    private static final double LOAD = 0.8;
    private static final double GROWTH = 1.3;

    private long[] slots = new long[2 * SMALLEST];
    private int capacity = SMALLEST;
    private int limit = (int) (SMALLEST * LOAD);
    private int size;

    /// If the hash is here, marks it.
    ///
    /// @param hash not 0
    /// @return whether it is here
    boolean touch(long hash, long mark) {
        int slot = find(hash);
        if (slot < 0) {
            return false;
        }
        slots[2 * slot + 1] = mark;
        return true;
    }

    /// The mark of a hash, or [#ABSENT].
    long mark(long hash) {
        int slot = find(hash);
        return slot < 0 ? ABSENT : slots[2 * slot + 1];
    }

    /// Marks the hash, and adds it if it is not here.
    ///
    /// @param hash not 0
    /// @return whether it was added
    boolean put(long hash, long mark) {
        int slot = find(hash);
        if (slot >= 0) {
            slots[2 * slot + 1] = mark;
            return false;
        }
        if (size == limit) {
            grow();
        }
        insert(hash, mark);
        size++;
        return true;
    }

    /// Forgets a hash.
    ///
    /// @return whether it was here
    boolean remove(long hash) {
        int hole = find(hash);
        if (hole < 0) {
            return false;
        }
        // Moves back what stands behind the hole and may stand there, so that no probe sequence is cut: no grave marks.
        for (int slot = next(hole); slots[2 * slot] != 0; slot = next(slot)) {
            int home = home(slots[2 * slot]);
            if (distance(home, slot) >= distance(hole, slot)) {
                slots[2 * hole] = slots[2 * slot];
                slots[2 * hole + 1] = slots[2 * slot + 1];
                hole = slot;
            }
        }
        slots[2 * hole] = 0;
        size--;
        return true;
    }

    /// How many facets are here.
    int size() {
        return size;
    }

    /// Bytes of heap it holds.
    long bytes() {
        return 8L * slots.length;
    }

    private int find(long hash) {
        int slot = home(hash);
        while (true) {
            long there = slots[2 * slot];
            if (there == hash) {
                return slot;
            }
            if (there == 0) {
                return -1;
            }
            slot = next(slot);
        }
    }

    private void insert(long hash, long mark) {
        int slot = home(hash);
        while (slots[2 * slot] != 0) {
            slot = next(slot);
        }
        slots[2 * slot] = hash;
        slots[2 * slot + 1] = mark;
    }

    private void grow() {
        long[] old = slots;
        capacity = (int) Math.min(capacity * GROWTH + 1, (Integer.MAX_VALUE >>> 1) - 8);
        limit = (int) (capacity * LOAD);
        slots = new long[2 * capacity];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0) {
                insert(old[i], old[i + 1]);
            }
        }
    }

    /// Scales the hash to the capacity by its high bits, which works for any capacity.
    private int home(long hash) {
        return (int) Math.unsignedMultiplyHigh(hash, capacity);
    }

    private int next(int slot) {
        return slot + 1 == capacity ? 0 : slot + 1;
    }

    private int distance(int from, int to) {
        return to >= from ? to - from : to - from + capacity;
    }
}
