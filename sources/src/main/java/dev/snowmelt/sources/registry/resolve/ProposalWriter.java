package dev.snowmelt.sources.registry.resolve;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Resolution;
import dev.snowmelt.v1.ResolvedDigest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proposes to the registrar what registries said.
final class ProposalWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ProposalWriter.class);
    private static final int LONGEST_DETAIL = 256;
    /// A proposal that lay longer is decided about anew: the same is proposed again long before.
    private static final Duration LIFETIME = Duration.ofHours(1);

    private final String topic;
    private final Function<Proposal, byte[]> writing;
    private final InstantSource clock;
    private final MeterRegistry meters;

    ProposalWriter(String topic, Function<Proposal, byte[]> writing, InstantSource clock, MeterRegistry meters) {
        this.topic = topic;
        this.writing = writing;
        this.clock = clock;
        this.meters = meters;
    }

    void propose(
            ResolverClients.Proposals producer,
            Question question,
            DeclaredNow.Gap gap,
            boolean accepted,
            String detail) {
        Instant now = clock.instant();
        DeclaredContainer.Type type = gap.container().getType();
        var resolved = ResolvedDigest.newBuilder()
                .setContainer(question.container())
                .setType(type == DeclaredContainer.Type.TYPE_UNSPECIFIED ? DeclaredContainer.Type.APP : type)
                .setDigest(question.digest())
                .setAccepted(accepted)
                .setDetail(detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL))
                .setAt(timestamp(now));
        var proposal = Proposal.newBuilder()
                .setResolution(Resolution.newBuilder()
                        .setWorkload(question.workload().toString())
                        .setRevision(gap.revision())
                        .setResolved(resolved))
                .setBy("snowmelt resolve")
                .setReason("asked the registry of " + question.image())
                .setExpiresAt(timestamp(now.plus(LIFETIME)))
                .build();
        producer.send(
                topic,
                writing.apply(proposal),
                e -> LOG.atWarn()
                        .addKeyValue("workload", question.workload())
                        .addKeyValue("cause", e.getMessage())
                        .log("what a registry said could not be proposed, it will be again"));
        Counter.builder("snowmelt.resolver.proposed")
                .description("Findings of registries that were proposed to the registrar")
                .tag("accepted", Boolean.toString(accepted))
                .register(meters)
                .increment();
        LOG.atInfo()
                .addKeyValue("workload", question.workload())
                .addKeyValue("container", question.container())
                .addKeyValue("image", question.image())
                .addKeyValue("revision", gap.revision())
                .addKeyValue("accepted", accepted)
                .log(detail);
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
