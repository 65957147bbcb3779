package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.Backoff;
import dev.snowmelt.detector.collect.SnapshotTally;
import dev.snowmelt.detector.collect.Surroundings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One resource in one namespace (or all): listed when a snapshot asks for it, followed by a watch
/// in between.
///
/// A snapshot does not stop a running watch, so changes are told while a long list is read. Both
/// may tell the same object: the detector takes what has the higher resourceVersion. The watch
/// starts again from a list only when the server no longer knows its resourceVersion.
final class Feed<T extends HasMetadata> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Feed.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    /// After a gap, a watch tells first what happened in it; by then it has, or should have: nobody
    /// is promised to see a change sooner.
    private static final Duration CATCHES_UP = Duration.ofSeconds(1);

    private final ApiResource<T> resource;
    private final @Nullable String namespace;
    private final Observer.Sight<T> sight;
    private final Around around;
    private final Surroundings session;
    private final String place;
    private final String owners;
    private @Nullable Thread follower;
    private @Nullable EventReader<T> open;
    private final CountDownLatch closed = new CountDownLatch(1);
    /// From when on the watch tells what happens soon after it did, as [System#nanoTime]; null: it
    /// is not open.
    private volatile @Nullable Long followsFrom;
    /// Something happened that the watch could not tell, and no list has told since.
    private volatile boolean missed;

    /// What a feed needs.
    ///
    /// @param session the session that it belongs to
    record Around(ApiClient api, WatchMetrics metrics, Surroundings session) {}

    Feed(ApiResource<T> resource, @Nullable String namespace, Observer.Sight<T> sight, Around around) {
        this.resource = resource;
        this.namespace = namespace;
        this.sight = sight;
        this.around = around;
        this.session = around.session();
        this.place = "watch " + resource.describe(namespace);
        this.owners = "resolve " + resource.describe(namespace);
    }

    /// Tells everything that exists, then follows what changes unless that is going on already.
    void list(SnapshotTally tally) throws ApiException {
        missed = false;
        String resourceVersion = around.api().list(resource, namespace, event -> tell(event, tally));
        followFrom(resourceVersion);
    }

    /// As [dev.snowmelt.detector.collect.Platform.Lookout#following], of this resource.
    boolean following() {
        Long from = followsFrom;
        return from != null && System.nanoTime() - from >= 0 && !missed;
    }

    private synchronized void followFrom(String resourceVersion) {
        if (follower == null && !isClosed()) {
            follower = Thread.ofVirtual().name(place).start(() -> {
                try {
                    follow(resourceVersion);
                } catch (RuntimeException e) {
                    // Also a fault of ours must not end a watch unseen.
                    session.failed().accept(e);
                }
            });
        }
    }

    private void follow(String from) {
        String resourceVersion = from;
        var backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        long behind = 0;
        while (!isClosed()) {
            String reason;
            boolean established = false;
            try (EventReader<T> events = around.api().watch(resource, namespace, resourceVersion)) {
                established = true;
                opened(events);
                followsFrom = System.nanoTime() + behind;
                try {
                    session.problems().clear(place);
                    for (WatchEvent<T> event = events.next(); event != null; event = events.next()) {
                        tell(event, null);
                        session.problems().clear(owners);
                        resourceVersion = versionOf(event, resourceVersion);
                        backoff.reset();
                    }
                    reason = "ended";
                } finally {
                    followsFrom = null;
                }
            } catch (IOException e) {
                log.atDebug().addKeyValue("watch", place).setCause(e).log("watch broke off");
                reason = "broken";
            } catch (ApiException e) {
                if (e.why() == ApiException.Cause.EXPIRED) {
                    around.metrics().ended(resource, "expired");
                    lostPlace();
                    return;
                }
                if (!isClosed() && e.why() != ApiException.Cause.INTERRUPTED) {
                    session.problems().report(established ? owners : place, String.valueOf(e.getMessage()));
                }
                reason = "refused";
            }
            behind = CATCHES_UP.toNanos();
            around.metrics().ended(resource, reason);
            pause(backoff.next());
        }
    }

    private void tell(WatchEvent<T> event, @Nullable SnapshotTally tally) throws ApiException {
        try {
            switch (event) {
                case WatchEvent.Added<T>(T object) -> sight.exists(object, tally);
                case WatchEvent.Modified<T>(T object) -> sight.changed(object);
                case WatchEvent.Deleted<T>(T object) -> sight.deleted(object);
                case WatchEvent.Unreadable<T>(String problem) -> unreadable(problem, tally);
                case WatchEvent.Bookmark<T> _ -> {}
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            unreadable(String.valueOf(e.getMessage()), tally);
        }
    }

    private void unreadable(String problem, @Nullable SnapshotTally tally) {
        log.atWarn()
                .addKeyValue("resource", resource.plural())
                .addKeyValue("problem", problem)
                .log("unreadable object");
        session.metrics().unreadable(resource.plural());
        if (tally == null) {
            missed = true;
        } else {
            tally.countUnreadable();
        }
    }

    private String versionOf(WatchEvent<T> event, String before) {
        String version = switch (event) {
            case WatchEvent.Added<T>(T object) -> object.getMetadata().getResourceVersion();
            case WatchEvent.Modified<T>(T object) -> object.getMetadata().getResourceVersion();
            case WatchEvent.Deleted<T>(T object) -> object.getMetadata().getResourceVersion();
            case WatchEvent.Bookmark<T>(String bookmarked, boolean _) -> bookmarked;
            case WatchEvent.Unreadable<T> _ -> before;
        };
        return version == null ? before : version;
    }

    private void lostPlace() {
        synchronized (this) {
            follower = null;
        }
        session.listAgain().run();
    }

    private synchronized void opened(EventReader<T> events) {
        open = events;
        if (isClosed()) {
            events.close();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void pause(Duration duration) {
        try {
            closed.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    /// Ends the watch; it does not wait for its last event to be told.
    @Override
    public synchronized void close() {
        closed.countDown();
        EventReader<T> events = open;
        if (events != null) {
            events.close();
        }
    }
}
