package dev.snowmelt.bench.failover;

import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.fleet.Fleet;
import dev.snowmelt.bench.fleet.FleetWriter;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Median;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.measure.Scratch;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;

/// Two detectors over one partition, of which one works. It is killed, or both are stopped and started one after the
/// other, while a pod changes every tenth of a second.
public final class FailoverBench {
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, 1);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final FailoverPlan plan;
    private final Results results;
    private final BitSet drifted = new BitSet();

    public FailoverBench(FailoverPlan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    /// @throws BenchException when a verdict is missing: then there are no figures
    public void run(String bootstrapServers) throws IOException, InterruptedException {
        var fleet = new Fleet(plan.instances(), 1);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(TOPICS);
            try (var writer = new FleetWriter(TOPICS, fleet, bootstrapServers)) {
                writer.declare();
                writer.snapshots(Change.NONE, 1);
            }
            for (int standbys : plan.standbys()) {
                measure(admin, fleet, bootstrapServers, standbys);
            }
        }
    }

    private void measure(Admin admin, Fleet fleet, String bootstrapServers, int standbys)
            throws IOException, InterruptedException {
        String kind = standbys == 0 ? "alone" : "standby";
        List<Double> kills = new ArrayList<>();
        List<Double> rolls = new ArrayList<>();
        try (var scratch = Scratch.folder();
                var a = Member.start(kind + "-a", bootstrapServers, standbys, scratch.path());
                var b = Member.start(kind + "-b", bootstrapServers, standbys, scratch.path());
                var beats = new Beats(TOPICS, fleet, drifted, bootstrapServers, plan.beat())) {
            for (int round = 0; round < plan.rounds(); round++) {
                settle(beats, a, b);
                Member active = active(admin, a, b);
                beats.mark();
                active.kill();
                kills.add(beats.firstAnswer(plan.limit()));
                results.say("  " + kind + ": next verdict " + Math.round(kills.getLast()) + " ms after the kill");
                active.restart();

                if (plan.rolling()) {
                    rolls.add(roll(beats, a, b));
                    results.say(
                            "  " + kind + ": longest wait in a rolling restart " + Math.round(rolls.getLast()) + " ms");
                }
            }
        }
        results.figure("failover.kill." + kind, Median.of(kills), "ms", "-");
        if (plan.rolling()) {
            results.figure("failover.rolling." + kind, Median.of(rolls), "ms", "-");
        }
    }

    /// @return milliseconds that the longest wait for a verdict took while both were restarted
    private double roll(Beats beats, Member a, Member b) throws IOException, InterruptedException {
        settle(beats, a, b);
        beats.mark();
        for (Member each : List.of(a, b)) {
            each.stop(Duration.ofSeconds(20));
            each.restart();
            settle(beats, a, b);
        }
        return beats.longest(plan.limit());
    }

    /// Both take part, and nothing waits.
    private void settle(Beats beats, Member... members) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + plan.limit().toNanos();
        for (Member member : members) {
            while (!member.ready()) {
                if (System.nanoTime() > deadline) {
                    throw new BenchException(member.name() + " did not become ready");
                }
                Thread.sleep(LOOK);
            }
        }
        Thread.sleep(plan.settle());
        beats.longest(plan.limit());
    }

    /// Whose the partition of observations is: the name of a static member begins its group.instance.id.
    private static Member active(Admin admin, Member... members) throws InterruptedException {
        String group = TOPICS.id("detector");
        try {
            List<MemberDescription> described =
                    admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                            .flatMap(each -> each.members().stream())
                            .toList();
            for (MemberDescription each : described) {
                boolean works = each.assignment().topicPartitions().stream()
                        .anyMatch(partition ->
                                partition.topic().equals(TOPICS.observations().name()));
                String instance = each.groupInstanceId().orElse("");
                for (Member member : members) {
                    if (works && instance.startsWith(member.name())) {
                        return member;
                    }
                }
            }
        } catch (java.util.concurrent.ExecutionException e) {
            throw new BenchException("the group " + group + " cannot be described: " + e.getCause());
        }
        throw new BenchException(
                "nobody has the partition of " + TOPICS.observations().name());
    }
}
