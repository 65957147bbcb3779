package dev.snowmelt.detector.collect;

/// What a [Collector] looks at: the half of it that knows a kind of target. One object serves all
/// sessions of a collector, so what may outlive a session is kept here.
public interface Platform {
    /// Begins a session: at most one at a time. Nothing is waited for and nothing is looked at yet.
    Lookout begin(Surroundings session);

    /// What is worth knowing of the way it looks, one sentence for people, shown beside its problems;
    /// empty: nothing.
    default String note() {
        return "";
    }

    /// Looks at the target in one session.
    ///
    /// What changes between two lists it tells by itself, on threads of its own, through
    /// [Publisher#changed]: from a moment on that lies before the first list's end at the latest,
    /// so that nothing falls between the two. Both may tell the same object: their order decides.
    interface Lookout extends AutoCloseable {
        /// Tells everything that exists through [Publisher#listed], and counts its instances.
        /// Called for each snapshot, by one thread at a time; when it returns, nothing more is told
        /// into this tally. It need not wait until Kafka has acknowledged what it told.
        ///
        /// When it is interrupted it leaves the thread's interrupt flag set and throws what it
        /// likes.
        ///
        /// @throws LookException when something that may exist could not be listed: the snapshot
        /// has no END, nothing is concluded from it, and it is tried again
        /// @throws PublishException when a record could not be written: the session ends
        void list(SnapshotTally tally) throws LookException;

        /// Whether all that changes is told soon after it happened, so that a snapshot and what was
        /// told since show the target as it is. When in doubt it is not. Called by any thread.
        boolean following();

        /// Stops looking, soon and for good; called by any thread, also while it lists. It need not
        /// wait for what is being told: what is told from now on is refused.
        @Override
        void close();
    }
}
