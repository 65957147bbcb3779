package dev.snowmelt.remediator.execute;

import dev.snowmelt.remediator.execute.Followed.Word;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Override.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Pauses and exemptions, as the follower of `overrides` knows them. On the partition of a target stand its own ones
/// and
/// those of every target.
record OverrideFollower(Follower<OverrideKey, dev.snowmelt.v1.Override> follower) implements Overrides {
    /// What must be kept in order to answer for these targets.
    static Predicate<OverrideKey> about(Set<TargetId> targets) {
        return key -> (key.kind() == Kind.PAUSE || key.kind() == Kind.EXEMPTION)
                && key.target().map(targets::contains).orElse(true);
    }

    @Override
    public Objection against(Order order, Instant now) {
        TargetId target = order.workload().target();
        return follower.<Objection>ask(
                new OverrideKey(Optional.of(target), Kind.PAUSE, target.toString()),
                words -> objection(words, order, now),
                Objection.Unknown::new);
    }

    /// What is said against an order. Pure.
    static Objection objection(Map<OverrideKey, Word<dev.snowmelt.v1.Override>> words, Order order, Instant now) {
        Objection found = new Objection.None();
        for (OverrideKey key : deciding(order)) {
            switch (words.get(key)) {
                case null -> {}
                case Word.Said<dev.snowmelt.v1.Override>(var override) -> {
                    if (inForce(override, now)) {
                        return new Objection.Said((key.kind() == Kind.PAUSE ? "paused" : "exempt") + " by "
                                + override.getBy() + ": " + override.getReason());
                    }
                }
                case Word.Unreadable<dev.snowmelt.v1.Override>(var why) ->
                    found = new Objection.Unknown("override " + key + " cannot be read: " + why);
            }
        }
        return found;
    }

    private static List<OverrideKey> deciding(Order order) {
        String workload = order.workload().toString();
        TargetId target = order.workload().target();
        String subject = switch (order) {
            case Order.Replace replace -> replace.instance().toString();
            case Order.Restore _ -> workload;
        };
        return List.of(Optional.of(target), Optional.<TargetId>empty()).stream()
                .flatMap(whose -> List.of(
                        new OverrideKey(whose, Kind.PAUSE, OverrideKey.EVERY_TARGET),
                        new OverrideKey(whose, Kind.PAUSE, target.toString()),
                        new OverrideKey(whose, Kind.PAUSE, workload),
                        new OverrideKey(whose, Kind.EXEMPTION, workload),
                        new OverrideKey(whose, Kind.EXEMPTION, subject))
                        .stream())
                .toList();
    }

    private static boolean inForce(dev.snowmelt.v1.Override override, Instant now) {
        return !override.hasUntil()
                || Instant.ofEpochSecond(
                                override.getUntil().getSeconds(),
                                override.getUntil().getNanos())
                        .isAfter(now);
    }
}
