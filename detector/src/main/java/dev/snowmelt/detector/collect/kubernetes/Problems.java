package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.schemas.id.TargetId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is wrong now, each thing said once: a sentence is logged when it becomes true and when it no longer is.
final class Problems {
    private static final Logger log = LoggerFactory.getLogger(KubernetesCollector.class);

    private final TargetId target;
    private final Map<String, String> byPlace = new LinkedHashMap<>();

    Problems(TargetId target) {
        this.target = target;
    }

    /// Something went wrong at a place, for example `watch pods`.
    ///
    /// @return true when that is news
    synchronized boolean report(String place, String sentence) {
        boolean known = byPlace.containsValue(sentence);
        byPlace.put(place, sentence);
        if (!known) {
            log.atWarn().addKeyValue("target", target).log(sentence);
        }
        return !known;
    }

    /// That place works.
    ///
    /// @return true when that is news
    synchronized boolean clear(String place) {
        String sentence = byPlace.remove(place);
        boolean over = sentence != null && !byPlace.containsValue(sentence);
        if (over) {
            log.atInfo().addKeyValue("target", target).addKeyValue("was", sentence).log("recovered");
        }
        return over;
    }

    /// Forgets everything about places that no longer exist.
    synchronized void clearAllBut(String place) {
        byPlace.keySet().retainAll(java.util.Set.of(place));
    }

    /// The first thing that is wrong; empty: nothing.
    synchronized String first() {
        return byPlace.isEmpty() ? "" : byPlace.values().iterator().next();
    }
}
