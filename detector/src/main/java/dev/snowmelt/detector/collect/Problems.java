package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.TargetId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is wrong now, each thing said once: a sentence is logged when it becomes true and when it
/// no longer is.
public final class Problems {
    private static final Logger log = LoggerFactory.getLogger(Collector.class);

    private final TargetId target;
    private final Runnable changed;
    private final Map<String, String> byPlace = new LinkedHashMap<>();

    /// @param changed called after every change of what is wrong
    public Problems(TargetId target, Runnable changed) {
        this.target = target;
        this.changed = changed;
    }

    /// Something went wrong at a place, for example `watch pods`.
    public void report(String place, String sentence) {
        synchronized (byPlace) {
            boolean known = byPlace.containsValue(sentence);
            if (sentence.equals(byPlace.put(place, sentence))) {
                return;
            }
            if (!known) {
                log.atWarn().addKeyValue("target", target).log(sentence);
            }
        }
        changed.run();
    }

    /// That place works.
    public void clear(String place) {
        synchronized (byPlace) {
            String sentence = byPlace.remove(place);
            if (sentence == null) {
                return;
            }
            if (!byPlace.containsValue(sentence)) {
                log.atInfo()
                        .addKeyValue("target", target)
                        .addKeyValue("was", sentence)
                        .log("recovered");
            }
        }
        changed.run();
    }

    /// Forgets what was wrong with a session that is over.
    void keepOnly(Set<String> places) {
        synchronized (byPlace) {
            byPlace.keySet().retainAll(places);
        }
    }

    /// The first thing that is wrong; empty: nothing.
    public String first() {
        synchronized (byPlace) {
            return byPlace.isEmpty() ? "" : byPlace.values().iterator().next();
        }
    }

    /// The message of the innermost cause: the outer ones only say that something went wrong.
    public static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
