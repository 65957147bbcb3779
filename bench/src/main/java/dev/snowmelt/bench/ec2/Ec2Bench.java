package dev.snowmelt.bench.ec2;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Pairs;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.detector.collect.ec2.Ec2Account.Clients;
import dev.snowmelt.sandbox.aws.AwsCall;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/// Everything that `bench ec2` measures.
public final class Ec2Bench {
    private static final int PARTITIONS = 4;
    private static final Duration PROVISION_WITHIN = Duration.ofSeconds(60);

    private final Ec2Plan plan;
    private final Results results;

    public Ec2Bench(Ec2Plan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    /// @param moto is reset
    /// @param bootstrapServers a broker without topics
    public void run(Moto moto, String bootstrapServers) {
        int instances = new Ec2Account(moto, plan.instances()).create();
        results.say("ec2: " + instances + " instances in groups of " + Ec2Account.GROUP);
        var topics = new Topics("snowmelt.", PARTITIONS);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            new TopicProvisioning(admin, 1, 1, PROVISION_WITHIN).provision(topics);
        }
        try (var proxy = FaultyProxy.before(moto.endpoint());
                var snapshot = new Ec2Snapshot(
                        TargetId.parse(Moto.target()), clients(moto, proxy), bootstrapServers, topics, instances)) {
            snapshot.start();
            var bare = new BareDescribe(moto.client(Ec2Client.builder(), proxy.endpoint()), instances);
            proxy.forget();
            snapshot.run();
            List<AwsCall> calls = proxy.calls();
            sayCalls(calls);
            Pairs.Measured emulated = pairs(plan.emulated(), snapshot, bare);
            results.ratio("ec2.snapshot", emulated.ratio(), "1.5");
            results.figure("ec2.snapshot.seconds", emulated.a() / 1e3, "s", "-");
            results.figure("ec2.list.seconds", emulated.b() / 1e3, "s", "-");
            results.figure("ec2.calls", calls.size(), "calls", "-");
            proxy.remember();
            snapshot.run();
            bare.run();
            Pairs.Measured remembered = pairs(plan.remembered(), snapshot, bare);
            results.ratio("ec2.snapshot.remembered", remembered.ratio(), "-");
            results.figure("ec2.snapshot.remembered.seconds", remembered.a() / 1e3, "s", "-");
        }
    }

    private static Clients clients(Moto moto, FaultyProxy proxy) {
        return new Clients(
                moto.client(Ec2Client.builder(), proxy.endpoint()),
                moto.client(AutoScalingClient.builder(), proxy.endpoint()),
                moto.client(SqsClient.builder(), proxy.endpoint()));
    }

    private Pairs.Measured pairs(Pairs pairs, Ec2Snapshot snapshot, BareDescribe bare) {
        return pairs.run(results, () -> {
            long a = snapshot.run();
            long b = bare.run();
            return new Pairs.Pair(a / 1e6, a, b / 1e6, b);
        });
    }

    private void sayCalls(List<AwsCall> calls) {
        if (calls.isEmpty()) {
            throw new BenchException("the snapshot called nothing");
        }
        calls.stream()
                .collect(Collectors.groupingBy(AwsCall::permission, TreeMap::new, Collectors.counting()))
                .forEach((action, count) -> results.say("  calls of a snapshot: " + action + " " + count));
    }
}
