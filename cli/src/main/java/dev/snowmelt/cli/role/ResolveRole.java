package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.KafkaMeters;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.schemas.trust.SigningKey;
import dev.snowmelt.sources.registry.DockerConfig;
import dev.snowmelt.sources.registry.HttpRegistry;
import dev.snowmelt.sources.registry.RegistrySettings;
import dev.snowmelt.sources.registry.resolve.Resolver;
import dev.snowmelt.sources.registry.resolve.ResolverSettings;
import dev.snowmelt.v1.Proposal;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The registry role: asks registries whether digests that run are declared images.
public final class ResolveRole implements Role {
    private final Topics topics;
    private final HttpRegistry registry;
    private final Resolver resolver;

    /// @param environment where Docker's configuration is, unless `registry.authFile` says so
    public ResolveRole(
            Config config, Topics topics, Map<String, String> environment, InstantSource clock, MeterRegistry meters) {
        this.topics = topics;
        Map<String, Object> kafka = KafkaMeters.into(config.kafka().client(), meters);
        kafka.put("bootstrap.servers", config.kafka().bootstrapServers());
        registry = registry(config.registry(), environment);
        resolver = new Resolver(
                topics,
                ResolverSettings.of(topics.id("resolver"), kafka),
                registry,
                writing(config.trust().signer()),
                clock,
                meters);
    }

    /// The role, where it is enabled.
    public static List<ResolveRole> where(
            Config config, Topics topics, Map<String, String> environment, InstantSource clock, MeterRegistry meters) {
        return config.registry().enabled()
                ? List.of(new ResolveRole(config, topics, environment, clock, meters))
                : List.of();
    }

    /// A client for registries as they are configured.
    public static HttpRegistry registry(Config.Registry config, Map<String, String> environment) {
        DockerConfig credentials =
                config.authFile().map(DockerConfig::of).orElseGet(() -> DockerConfig.standard(environment));
        return new HttpRegistry(RegistrySettings.of(credentials, config.insecure()));
    }

    private static Function<Proposal, byte[]> writing(Optional<SigningKey> key) {
        return key.<Function<Proposal, byte[]>>map(signer ->
                        proposal -> SignedProposal.sign(proposal, signer).line().getBytes(StandardCharsets.UTF_8))
                .orElse(Proposal::toByteArray);
    }

    @Override
    public String name() {
        return "resolve";
    }

    @Override
    public Part part() {
        return Part.RESOLVE;
    }

    @Override
    public BrokerChecks.Needs needs() {
        return new BrokerChecks.Needs(List.of(topics.verdicts(), topics.declarations(), topics.proposals()), false);
    }

    @Override
    public void start() {
        resolver.start();
    }

    @Override
    public List<String> unready() {
        return resolver.problem().isEmpty() ? List.of() : List.of(resolver.problem());
    }

    /// Digests of which it is not settled yet what registries say.
    public int pending() {
        return resolver.pending();
    }

    /// How many digests are not pending any more, since the start; only ever more.
    public long closed() {
        return resolver.closed();
    }

    @Override
    public boolean failed() {
        return false; // it tries for ever
    }

    @Override
    public void close() {
        resolver.close();
        registry.close();
    }
}
