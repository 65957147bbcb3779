package dev.snowmelt.sources.manifest;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

/// Builds the tree of one document from its events: maps, lists and scalars, never anything that a
/// tag names.
///
/// Aliases share what they repeat; how large a tree would be written out is counted as it grows, so
/// a small text that stands for billions of nodes is refused before anything walks it.
final class YamlTree {
    /// Deeper than any Kubernetes object but for schemas of custom resources, which come near 60.
    private static final int DEEPEST = 200;
    /// Aliases written out; a text without aliases is bounded by its own length.
    private static final long LARGEST_EXPANSION = 1_000_000;

    private static final ScalarResolver RESOLVER = new CoreScalarResolver(true);
    /// What may be said explicitly; `!` says that a plain scalar is a text.
    private static final Set<String> TAGS = Stream.concat(
                    Stream.of("!"),
                    Stream.of("str", "int", "float", "bool", "null", "map", "seq")
                            .map(Tag.PREFIX::concat))
            .collect(Collectors.toUnmodifiableSet());

    private final Iterator<Event> events;
    private final BiConsumer<@Nullable Mark, String> faults;
    private final Map<Anchor, Sized> anchors = new HashMap<>();
    private int depth;
    private long expanded;

    /// @param events begin with the document's first node
    /// @param faults is told where and what; may throw
    YamlTree(Iterator<Event> events, BiConsumer<@Nullable Mark, String> faults) {
        this.events = events;
        this.faults = faults;
    }

    /// A value and the number of nodes in it, aliases written out.
    private record Sized(@Nullable Object value, long size) {}

    /// A fault behind which nothing of the document can be believed.
    static final class Hopeless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable Mark mark;

        Hopeless(@Nullable Mark mark, String message) {
            super(message);
            this.mark = mark;
        }

        @Nullable Mark mark() {
            return mark;
        }
    }

    /// The value that begins with an event.
    @Nullable Object read(Event first) {
        return value(first).value();
    }

    private Sized value(Event event) {
        if (event instanceof AliasEvent alias) {
            return alias(alias);
        }
        if (!(event instanceof NodeEvent node)) {
            throw new Hopeless(mark(event), "must be a value");
        }
        if (++depth > DEEPEST) {
            throw new Hopeless(mark(event), "is nested deeper than " + DEEPEST + " levels");
        }
        Sized value = switch (event) {
            case MappingStartEvent map -> {
                refuseTag(map, map.getTag().orElse(""));
                yield mapping();
            }
            case SequenceStartEvent list -> {
                refuseTag(list, list.getTag().orElse(""));
                yield sequence();
            }
            case ScalarEvent scalar -> {
                refuseTag(scalar, scalar.getTag().orElse(""));
                yield new Sized(scalar(scalar), 1);
            }
            default -> throw new Hopeless(mark(event), "must be a value");
        };
        depth--;
        // Only now: an alias inside of what it names would never end.
        node.getAnchor().ifPresent(anchor -> anchors.put(anchor, value));
        return value;
    }

    private Sized alias(AliasEvent alias) {
        Anchor anchor = alias.getAnchor().orElseThrow();
        Sized value = anchors.get(anchor);
        if (value == null) {
            throw new Hopeless(mark(alias), "'*" + anchor.getValue() + "' names nothing that is complete before it");
        }
        expanded += value.size();
        if (expanded > LARGEST_EXPANSION) {
            throw new Hopeless(
                    mark(alias), "its aliases repeat more than " + LARGEST_EXPANSION + " values; write them out");
        }
        return value;
    }

    private void refuseTag(Event event, String tag) {
        if (!tag.isEmpty() && !TAGS.contains(tag)) {
            faults.accept(mark(event), "the tag '" + tag + "' means nothing to Kubernetes; leave it away");
        }
    }

    private Sized sequence() {
        List<@Nullable Object> list = new ArrayList<>();
        long size = 1;
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            Sized value = value(event);
            list.add(value.value());
            size += value.size();
        }
        return new Sized(list, size);
    }

    private Sized mapping() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        List<Object> merges = new ArrayList<>();
        long size = 1;
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            String key = key(event);
            Sized value = value(events.next());
            size += 1 + value.size();
            if (key.equals("<<") && event instanceof ScalarEvent scalar && scalar.isPlain()) {
                merge(event, value.value(), merges);
            } else if (map.containsKey(key)) {
                faults.accept(mark(event), "the key '" + key + "' is there twice");
            } else {
                map.put(key, value.value());
            }
        }
        for (Object merged : merges) {
            ((Map<?, ?>) merged).forEach((key, value) -> map.putIfAbsent((String) key, value));
        }
        return new Sized(map, size);
    }

    /// YAML 1.1's merge: kubectl and Helm honour it, and what stands beside it wins.
    private void merge(Event at, @Nullable Object value, List<Object> merges) {
        List<?> sources = value instanceof List<?> list ? list : java.util.Collections.singletonList(value);
        for (Object source : sources) {
            if (source instanceof Map<?, ?> map) {
                merges.add(map);
            } else {
                faults.accept(mark(at), "'<<' merges keys and values, nothing else");
            }
        }
    }

    private String key(Event event) {
        Event key = event;
        if (event instanceof AliasEvent alias && alias(alias).value() instanceof String text) {
            return text;
        }
        if (key instanceof ScalarEvent scalar) {
            scalar.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Sized(scalar.getValue(), 1)));
            return scalar.getValue();
        }
        throw new Hopeless(mark(event), "a key must be a text");
    }

    /// By YAML 1.2's core schema; Kubernetes' own parser differs for some words (`yes`) that no
    /// image or name may be.
    private static @Nullable Object scalar(ScalarEvent scalar) {
        String text = scalar.getValue();
        if (!scalar.isPlain() || scalar.getTag().isPresent()) {
            return text;
        }
        Tag tag = RESOLVER.resolve(text, true);
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(text);
        }
        return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? number(text) : text;
    }

    private static Object number(String text) {
        try {
            var number = new BigDecimal(text);
            return number.scale() == 0 && number.precision() < 19 ? (Object) number.longValueExact() : number;
        } catch (NumberFormatException _) {
            return Double.NaN; // hexadecimal, octal, infinite: a number for sure, and nothing reads which
        }
    }

    private static @Nullable Mark mark(Event event) {
        return event.getStartMark().orElse(null);
    }
}
