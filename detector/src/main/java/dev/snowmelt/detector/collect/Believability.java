package dev.snowmelt.detector.collect;

import java.util.OptionalLong;

/// Promise S9 for a collector: nothing is concluded from emptiness.
///
/// A snapshot with fewer than half of the instances of the last believable one (when that had ten
/// or more), or with none at all, is not believed until the next one agrees with it. Two counts
/// agree when neither is more than twice the other.
///
/// @param last instances in the last believable snapshot; empty: there was none yet
/// @param doubted instances in the previous snapshot when that was not believed
record Believability(OptionalLong last, OptionalLong doubted) {
    /// Fewer instances than this come and go as they like.
    static final long SMALL = 10;

    /// Nothing is known.
    static final Believability UNKNOWN = new Believability(OptionalLong.empty(), OptionalLong.empty());

    /// What is known after a restart.
    static Believability after(long instances) {
        return new Believability(OptionalLong.of(instances), OptionalLong.empty());
    }

    /// True when a snapshot with so many instances is to be believed.
    boolean believes(long instances) {
        boolean suspicious =
                instances == 0 || (last.isPresent() && last.getAsLong() >= SMALL && 2 * instances < last.getAsLong());
        return !suspicious || (doubted.isPresent() && agree(doubted.getAsLong(), instances));
    }

    /// What is known after a snapshot with so many instances.
    Believability next(long instances) {
        return believes(instances) ? after(instances) : new Believability(last, OptionalLong.of(instances));
    }

    private static boolean agree(long a, long b) {
        return a <= 2 * b && b <= 2 * a;
    }
}
