package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import dev.snowmelt.fingerprint.ec2.Member;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the last list and the looks since told, as far as further looks need it: which group an
/// instance belonged to, and which groups launch from a launch template. Thread-safe.
///
/// A list builds it anew, so that what is no longer there is forgotten; looks while a list is read
/// go into both.
final class KnownFleet {
    private static final class State {
        final Members members = new Members();
        final Map<String, Set<String>> templatesOf = new HashMap<>();
    }

    private State now = new State();
    private boolean complete;
    private @Nullable State next;

    /// A list begins.
    synchronized void begin() {
        next = new State();
    }

    /// The list has told all.
    synchronized void commit() {
        State told = next;
        if (told != null) {
            now = told;
            next = null;
            complete = true;
        }
    }

    /// The list failed.
    synchronized void abandon() {
        next = null;
    }

    /// The list that is read tells of an instance.
    synchronized void listed(String instance, @Nullable Member member) {
        (next == null ? now : next).members.put(instance, member);
    }

    /// What the list that is read has told of an instance so far; null: nothing, or that it is
    /// standalone.
    synchronized @Nullable Member listed(String instance) {
        return (next == null ? now : next).members.of(instance);
    }

    /// A look tells of an instance.
    synchronized void looked(String instance, @Nullable Member member) {
        now.members.put(instance, member);
        if (next != null) {
            next.members.put(instance, member);
        }
    }

    /// Whether a group may say something of an instance that was not told yet: always, but that
    /// before the end of the first list nothing is known, and all of it is about to be told.
    synchronized boolean isNews(String instance, Member member) {
        return complete && !member.equals(now.members.of(instance));
    }

    synchronized boolean knows(String instance) {
        return now.members.knows(instance);
    }

    /// Null: standalone, or not known.
    synchronized @Nullable Member of(String instance) {
        return now.members.of(instance);
    }

    /// A list or a look tells of a group.
    synchronized void group(String name, Collection<LaunchSource> sources) {
        var templates = new HashSet<String>();
        for (LaunchSource source : sources) {
            if (source instanceof LaunchTemplate template) {
                templates.add(template.id());
                templates.add(template.name());
            }
        }
        now.templatesOf.put(name, templates);
        if (next != null) {
            next.templatesOf.put(name, templates);
        }
    }

    /// The groups that may launch from any of these launch templates.
    ///
    /// @param templates ids and names
    synchronized Set<String> groupsOf(Set<String> templates) {
        var groups = new HashSet<String>();
        if (!templates.isEmpty()) {
            now.templatesOf.forEach((group, own) -> {
                if (own.stream().anyMatch(template -> !template.isEmpty() && templates.contains(template))) {
                    groups.add(group);
                }
            });
        }
        return groups;
    }
}
