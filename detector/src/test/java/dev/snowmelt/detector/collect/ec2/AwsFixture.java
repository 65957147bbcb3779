package dev.snowmelt.detector.collect.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.detector.collect.ObservationLog;
import dev.snowmelt.detector.collect.OnlyCollector;
import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.EventQueue;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.WorkloadStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/// Collectors of one emulated account, with topics of their own on a shared broker, and a proxy in
/// between that counts calls and makes them fail.
final class AwsFixture implements AutoCloseable {
    static final TargetId TARGET = TargetId.parse(Moto.target());
    static final Duration SOON = Duration.ofSeconds(30);
    /// Longer than any test: only events bring anything.
    static final Duration NEVER = Duration.ofHours(1);

    private final EmbeddedKafka kafka;
    private final Moto moto;
    private final Duration visibility;
    private final Topics topics;
    private final List<Collector> collectors = new ArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final FaultyProxy proxy;
    final Ec2Fleet fleet;
    final EventQueue queue;
    final ObservationLog log;

    AwsFixture(EmbeddedKafka kafka, Moto moto) {
        this(kafka, moto, Duration.ofSeconds(30));
    }

    /// @param visibility of the queue's messages: so long they are hidden at a time
    AwsFixture(EmbeddedKafka kafka, Moto moto, Duration visibility) {
        this.kafka = kafka;
        this.moto = moto;
        this.visibility = visibility;
        moto.reset();
        topics = new Topics("t" + UUID.randomUUID().toString().substring(0, 8) + ".", 3);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, SOON).provision(topics);
        }
        proxy = FaultyProxy.before(moto.endpoint());
        fleet = new Ec2Fleet(moto);
        queue = EventQueue.create(moto.sqs(), "events", visibility, 3);
        log = new ObservationLog(kafka.bootstrapServers(), topics);
    }

    /// Settings of a collector that only lists at the start, and follows the queue.
    Ec2CollectorSettings settings() {
        return Ec2CollectorSettings.of(TARGET, "test", NEVER, NEVER, Optional.of(URI.create(queue.url())), false)
                .withHold(visibility);
    }

    /// The same without a queue.
    Ec2CollectorSettings polling(Duration poll) {
        return Ec2CollectorSettings.of(TARGET, "test", NEVER, poll, Optional.empty(), false);
    }

    Collector collector(Ec2CollectorSettings settings) {
        return collector(settings, UnaryOperator.identity());
    }

    /// A collector that is not started.
    Collector collector(Ec2CollectorSettings settings, UnaryOperator<Ec2Account.Clients> change) {
        var clients = new Ec2Account.Clients(
                moto.client(Ec2Client.builder(), proxy.endpoint()),
                moto.client(AutoScalingClient.builder(), proxy.endpoint()),
                moto.client(SqsClient.builder(), proxy.endpoint()));
        var collector = Ec2Account.collector(
                settings,
                change.apply(clients),
                new OnlyCollector(),
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                topics,
                InstantSource.system(),
                meters);
        collectors.add(collector);
        return collector;
    }

    /// A collector that follows events and has taken its first snapshot.
    Collector watching() {
        return watching(settings());
    }

    Collector watching(Ec2CollectorSettings settings) {
        return watching(collector(settings));
    }

    Collector watching(Collector collector) {
        int before = log.ends().size();
        collector.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(log.ends()).hasSizeGreaterThan(before));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
        return collector;
    }

    static String instance(String id) {
        return TARGET + "/" + id;
    }

    static String group(String name) {
        return TARGET + "/asg/" + name;
    }

    /// What was told last of an instance; at least once it was.
    ImageFacet facet(String id) {
        List<ImageFacet> facets = log.facetsOf(instance(id));
        assertThat(facets).as("facets of " + id).isNotEmpty();
        return facets.getLast();
    }

    /// What was told last of a group.
    WorkloadStatus status(String group) {
        return log.all(entry -> entry.value().getWorkload().getWorkload().equals(group(group)))
                .getLast()
                .value()
                .getWorkload();
    }

    /// Workloads that an instance was told to have left, or to have ended in.
    List<@Nullable String> goneFrom(String id) {
        return log
                .all(entry -> entry.is(Observation.WhatCase.INSTANCE_GONE)
                        && entry.value().getInstanceGone().getInstance().equals(instance(id)))
                .stream()
                .map(ObservationLog.Entry::key)
                .toList();
    }

    double count(String meter, String tag, String value) {
        var counter = meters.find(meter).tag(tag, value).counter();
        return counter == null ? 0 : counter.count();
    }

    @Override
    public void close() {
        log.close();
        collectors.forEach(Collector::close);
        proxy.close();
    }
}
