package dev.snowmelt.sandbox.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// Lists: which state is asked for (resourceVersion and its match), paging over one consistent state, the
/// expiry of its tokens.
final class Lists {

    private static final String TOO_OLD =
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    private final Store store;

    Lists(Store store) {
        this.store = store;
    }

    /// One page: what goes before and after the items, and the items.
    @SuppressWarnings("ArrayRecordComponent") // never changed and never compared
    record Page(byte[] head, List<Stored> items, byte[] tail) {}

    private record Token(long version, String start) {
        String encode() {
            ObjectNode token = Json.object();
            token.put("v", "meta.k8s.io/v1").put("rv", version).put("start", start + "\u0000");
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(token));
        }

        static Token decode(String text) {
            try {
                ObjectNode token = Json.parse(Base64.getUrlDecoder().decode(text));
                String start = Json.text(token, "start");
                if (!Json.text(token, "v").equals("meta.k8s.io/v1") || start.isEmpty()) {
                    throw Refusal.badRequest(
                            "invalid continue token: continue key is not valid: incomplete or unrecognized token");
                }
                return new Token(token.path("rv").asLong(0), start.substring(0, start.length() - 1));
            } catch (IllegalArgumentException | ClassCastException | JacksonException e) {
                throw Refusal.badRequest("invalid continue token: continue key is not valid: " + e.getMessage());
            }
        }
    }

    /// @param namespace "" for all
    Page list(ResourceType type, String namespace, ListOptions options) {
        String token = options.continueToken();
        Token from = token == null ? null : Token.decode(token);
        Store.Snapshot state = from == null ? state(type, options) : continued(type, options, from);
        // As documented, a server that answers resourceVersion=0 from its cache may leave the limit aside; real ones
        // do.
        boolean cached = Long.valueOf(0).equals(options.version()) && from == null;
        int limit = options.limit() == 0 || cached ? Integer.MAX_VALUE : options.limit();
        Stored[] all = state.items();
        int end = namespace.isEmpty() ? all.length : after(all, namespace + "0");
        int next = namespace.isEmpty() ? 0 : after(all, namespace + "/");
        if (from != null) {
            next = Math.max(next, after(all, from.start()));
        }
        List<Stored> items = new ArrayList<>();
        while (next < end && items.size() < limit) {
            Stored object = all[next++];
            if (options.selector().test(object)) {
                items.add(object);
            }
        }
        ObjectNode meta = Json.object();
        meta.put("resourceVersion", Long.toString(state.version()));
        if (next < end) {
            meta.put("continue", new Token(state.version(), all[next - 1].key()).encode());
            if (!options.selective()) {
                meta.put("remainingItemCount", end - next);
            }
        }
        return new Page(head(type, meta), items, "]}\n".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] head(ResourceType type, ObjectNode meta) {
        return "{\"kind\":\"%sList\",\"apiVersion\":\"%s\",\"metadata\":%s,\"items\":["
                .formatted(type.kind(), type.apiVersion(), meta)
                .getBytes(StandardCharsets.UTF_8);
    }

    private Store.Snapshot state(ResourceType type, ListOptions options) {
        Long asked = options.version();
        if (asked == null || asked == 0) {
            return store.snapshot(type);
        }
        long current = store.version();
        if (asked > current) {
            throw Refusal.tooLargeVersion(asked, current);
        }
        boolean exact = "Exact".equals(options.match()) || (options.match() == null && options.limit() > 0);
        if (!exact) {
            return store.snapshot(type);
        }
        Store.Snapshot then = store.snapshotAt(type, asked);
        if (then == null) {
            throw Refusal.expired("The resourceVersion for the provided list is too old.");
        }
        return then;
    }

    private Store.Snapshot continued(ResourceType type, ListOptions options, Token from) {
        if (options.version() != null && options.version() != 0) {
            throw Refusal.badRequest("specifying resource version is not allowed when using continue");
        }
        if (from.version() < 0) {
            return store.snapshot(type);
        }
        Store.Snapshot then = store.snapshotAt(type, from.version());
        if (then == null) {
            Refusal expired = Refusal.expired(TOO_OLD);
            Json.child(expired.status(), "metadata").put("continue", new Token(-1, from.start()).encode());
            throw expired;
        }
        return then;
    }

    /// Index of the first object behind a key.
    private static int after(Stored[] all, String key) {
        int low = 0;
        int high = all.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all[middle].key().compareTo(key) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
