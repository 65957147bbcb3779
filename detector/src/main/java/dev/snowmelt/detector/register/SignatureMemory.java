package dev.snowmelt.detector.register;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.DecidedSignature;
import dev.snowmelt.v1.QueuedProposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Remembers what was signed and decided about until it expires, so that it is decided about once.
///
/// Forgetting must not make anything count again, whatever the clocks of the processes say that
/// take turns at this: what expired by the time at which something was last forgotten is refused
/// for ever. That time lies in the store too.
final class SignatureMemory {
    /// Its key; the others are hexadecimal.
    private static final String FORGOTTEN = "forgotten";

    private final KeyValueStore<String, DecidedSignature> store;

    SignatureMemory(KeyValueStore<String, DecidedSignature> store) {
        this.store = store;
    }

    /// @param queued signed, and says when it expires
    /// @return why it does not count; empty: it does, this once
    Optional<Reading.Untrusted> remember(QueuedProposal queued, Instant now) {
        Instant expires = ProposalReader.expires(queued.getProposal());
        if (!expires.isAfter(now) || !expires.isAfter(forgotten())) {
            return Optional.of(new Reading.Untrusted(Distrust.EXPIRED, ProposalReader.expired(expires, now)));
        }
        String content = queued.getSignature().getContent();
        DecidedSignature before = store.get(content);
        if (before != null) {
            return Optional.of(new Reading.Untrusted(
                    Distrust.REPLAYED,
                    "the same was signed and decided about as proposal " + before.getProposal()
                            + "; a signature counts once, sign it again"));
        }
        store.put(
                content,
                DecidedSignature.newBuilder()
                        .setProposal(queued.getId())
                        .setExpiresAt(queued.getProposal().getExpiresAt())
                        .build());
        return Optional.empty();
    }

    /// Forgets what expired.
    void forget(Instant now) {
        List<String> expired = new ArrayList<>();
        try (KeyValueIterator<String, DecidedSignature> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, DecidedSignature> each = all.next();
                if (!each.key.equals(FORGOTTEN) && !expires(each.value).isAfter(now)) {
                    expired.add(each.key);
                }
            }
        }
        if (expired.isEmpty()) {
            return;
        }
        expired.forEach(store::delete);
        if (now.isAfter(forgotten())) {
            store.put(
                    FORGOTTEN,
                    DecidedSignature.newBuilder()
                            .setExpiresAt(Timestamps.fromMillis(now.toEpochMilli()))
                            .build());
        }
    }

    private Instant forgotten() {
        DecidedSignature forgotten = store.get(FORGOTTEN);
        return forgotten == null ? Instant.EPOCH : expires(forgotten);
    }

    private static Instant expires(DecidedSignature decided) {
        return Instant.ofEpochMilli(Timestamps.toMillis(decided.getExpiresAt()));
    }
}
