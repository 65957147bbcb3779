package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.TouchFacet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What events name: all that is to be looked at. What they say of it is not believed: events come
/// late, twice, and in any order, and a look tells the truth.
///
/// @param instances ids of instances
/// @param groups names of groups
/// @param templates ids of launch templates, and their names
/// @param groupOf the group that an event names beside an instance: of one that is terminated
/// nothing else may tell
/// @param touches of instances: somebody was inside
/// @param told those touches that were told already, as of which workload
record EventNews(
        Set<String> instances,
        Set<String> groups,
        Set<String> templates,
        Map<String, String> groupOf,
        List<Touch> touches,
        Map<Touch, WorkloadId> told) {

    /// Somebody was inside an instance.
    ///
    /// @param at null: the event does not say, so it is taken to be now
    /// @param by empty: not known
    record Touch(
            String instance, TouchFacet.Kind kind, @Nullable Instant at, String by) {}

    /// Nothing.
    EventNews() {
        this(
                new LinkedHashSet<>(),
                new LinkedHashSet<>(),
                new LinkedHashSet<>(),
                new HashMap<>(),
                new ArrayList<>(),
                new HashMap<>());
    }

    boolean isEmpty() {
        return instances.isEmpty() && groups.isEmpty() && templates.isEmpty();
    }

    void add(EventNews other) {
        instances.addAll(other.instances);
        groups.addAll(other.groups);
        templates.addAll(other.templates);
        groupOf.putAll(other.groupOf);
        touches.addAll(other.touches);
        told.putAll(other.told);
    }
}
