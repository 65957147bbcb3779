package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.Leadership;
import dev.snowmelt.detector.collect.Problems;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One process's hold on a `coordination.k8s.io` Lease, by client-go's protocol: it is taken when
/// its record did not change for its duration *by this process's own monotonic clock*, and every
/// write carries the resourceVersion that was read.
///
/// fabric8's LeaderElector compares the record's time with the local wall clock, so skewed clocks
/// give two holders; and it notices a missed deadline only when the hanging call returns.
final class LeaseHolder implements Leadership {
    private final KubernetesClient client;
    private final LeaseSettings settings;
    private final String identity;
    private final InstantSource clock;
    private final LongSupplier nanos;

    private @Nullable String seenVersion;
    private long seenAt;
    private @Nullable Lease mine;
    private volatile boolean holding;
    private volatile long renewedAt;

    /// @param nanos a monotonic clock
    LeaseHolder(
            KubernetesClient client, LeaseSettings settings, String identity, InstantSource clock, LongSupplier nanos) {
        RequestConfig once = new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout((int) Math.max(500, settings.renewWithin().toMillis() / 2))
                .build();
        this.client = client.newClient(once).adapt(KubernetesClient.class);
        this.settings = settings;
        this.identity = identity;
        this.clock = clock;
        this.nanos = nanos;
    }

    /// True while nobody else can have taken the lease: it was renewed recently enough.
    @Override
    public boolean held() {
        return holding && nanos.getAsLong() - renewedAt < settings.renewWithin().toNanos();
    }

    /// Tries once to take the lease.
    ///
    /// @param usedEpoch the highest epoch known to have been used: asked only when the lease is
    /// free. A lease that somebody deleted would begin again at a lower epoch, and everything
    /// published under it would be dropped
    /// @return the epoch, above every one before; empty: another process holds it
    /// @throws ApiException when the API server refuses or cannot be reached
    @Override
    public OptionalLong tryAcquire(LongSupplier usedEpoch) throws ApiException {
        Lease found = read();
        if (found == null) {
            int epoch = Math.toIntExact(usedEpoch.getAsLong() + 1);
            Lease fresh = new LeaseBuilder()
                    .withNewMetadata()
                    .withNamespace(settings.namespace())
                    .withName(settings.name())
                    .endMetadata()
                    .build();
            return write(taken(fresh, epoch), true) ? OptionalLong.of(epoch) : OptionalLong.empty();
        }
        if (!free(found)) {
            return OptionalLong.empty();
        }
        Integer before = found.getSpec() == null ? null : found.getSpec().getLeaseTransitions();
        int epoch = Math.toIntExact(Math.max(before == null ? 0 : before, usedEpoch.getAsLong()) + 1);
        return write(taken(found, epoch), false) ? OptionalLong.of(epoch) : OptionalLong.empty();
    }

    private boolean free(Lease lease) {
        String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        if (holder == null || holder.isEmpty() || holder.equals(identity)) {
            return true;
        }
        String version = lease.getMetadata().getResourceVersion();
        if (!version.equals(seenVersion)) {
            seenVersion = version;
            seenAt = nanos.getAsLong();
            return false;
        }
        Integer seconds = lease.getSpec().getLeaseDurationSeconds();
        long duration = seconds == null ? settings.duration().toNanos() : seconds * 1_000_000_000L;
        return nanos.getAsLong() - seenAt >= duration;
    }

    /// Tries once to renew; [#held] tells whether it is still held.
    ///
    /// @throws ApiException when the API server refuses or cannot be reached
    @Override
    public void renew() throws ApiException {
        Lease last = Objects.requireNonNull(mine, "no lease was taken");
        if (write(edited(last).editSpec().withRenewTime(now()).endSpec().build(), false)) {
            return;
        }
        Lease found = read();
        if (found == null
                || found.getSpec() == null
                || !identity.equals(found.getSpec().getHolderIdentity())
                || !Objects.equals(
                        found.getSpec().getLeaseTransitions(), last.getSpec().getLeaseTransitions())
                || !write(
                        edited(found).editSpec().withRenewTime(now()).endSpec().build(), false)) {
            holding = false;
        }
    }

    /// Gives the lease back, so that another process need not wait.
    ///
    /// @throws ApiException when the API server refuses or cannot be reached
    @Override
    public void release() throws ApiException {
        Lease last = mine;
        boolean held = holding;
        holding = false;
        mine = null;
        if (held && last != null) {
            write(
                    edited(last)
                            .editSpec()
                            .withHolderIdentity(null)
                            .withLeaseDurationSeconds(1)
                            .withRenewTime(now())
                            .endSpec()
                            .build(),
                    false);
            holding = false;
        }
    }

    @Override
    public Duration retry() {
        return settings.retry();
    }

    private Lease taken(Lease lease, int epoch) {
        return edited(lease)
                .editOrNewSpec()
                .withHolderIdentity(identity)
                .withLeaseDurationSeconds((int) settings.duration().toSeconds())
                .withAcquireTime(now())
                .withRenewTime(now())
                .withLeaseTransitions(epoch)
                .endSpec()
                .build();
    }

    private static LeaseBuilder edited(Lease lease) {
        return new LeaseBuilder(lease);
    }

    private @Nullable Lease read() throws ApiException {
        try {
            return client.leases()
                    .inNamespace(settings.namespace())
                    .withName(settings.name())
                    .get();
        } catch (KubernetesClientException e) {
            throw refused("get", e);
        }
    }

    /// Writes it.
    ///
    /// @return false when somebody else did since it was read
    private boolean write(Lease lease, boolean create) throws ApiException {
        long before = nanos.getAsLong();
        try {
            var resource = client.resource(lease);
            mine = create ? resource.create() : resource.update();
            renewedAt = before;
            holding = true;
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409 || (e.getCode() == 404 && !create)) {
                return false;
            }
            throw refused(create ? "create" : "update", e);
        }
    }

    private ApiException refused(String verb, KubernetesClientException e) {
        if (e.getCode() <= 0) {
            // There was no answer.
            return new ApiException(
                    ApiException.Cause.UNREACHABLE,
                    "cannot reach the API server at " + client.getMasterUrl() + ": " + Problems.rootMessage(e),
                    e);
        }
        String said = e.getStatus() == null ? null : e.getStatus().getMessage();
        return ApiErrors.refused(
                e.getCode(),
                verb + " leases in API group 'coordination.k8s.io' in namespace '" + settings.namespace() + "'",
                "get, create and update",
                said == null ? "" : said);
    }

    /// Leases carry microseconds.
    private ZonedDateTime now() {
        return ZonedDateTime.ofInstant(clock.instant().truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }
}
