package dev.snowmelt.cli.doctor;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.cli.kafka.CompactedTopic;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.CollectorStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What collectors say of themselves, and for how long they have said nothing.
final class CollectorFindings {
    private static final Set<String> PLATFORMS = Set.of("kubernetes", "ec2");
    /// A snapshot takes its time too.
    private static final Duration GRACE = Duration.ofMinutes(2);

    private final Brokers brokers;
    private final Config config;
    private final InstantSource clock;
    private final Set<String> targets = new TreeSet<>();

    CollectorFindings(Brokers brokers, Config config, InstantSource clock) {
        this.brokers = brokers;
        this.config = config;
        this.clock = clock;
        targets.addAll(configured(config));
    }

    /// Targets that are to be watched, and, once looked at, those that a collector watches or watched.
    Set<String> targets() {
        return targets;
    }

    /// Targets that the settings name.
    static Set<String> configured(Config config) {
        Set<String> configured = new TreeSet<>();
        config.kubernetes().target().ifPresent(target -> configured.add(target.toString()));
        config.aws().targets().forEach(each -> configured.add(each.target().toString()));
        return configured;
    }

    void look(Consumer<Finding> tell) {
        Collection<CollectorStatus> statuses = new CompactedTopic(brokers.kafka())
                .read(brokers.kafka().topics().collectors(), _ -> true, List.of())
                .values();
        of(statuses).forEach(tell);
    }

    /// The findings, of statuses that were read.
    List<Finding> of(Collection<CollectorStatus> statuses) {
        List<CollectorStatus> platforms = statuses.stream()
                .filter(each -> PLATFORMS.contains(each.getKind()))
                .toList();
        Set<String> silent = configured(config);
        platforms.forEach(each -> {
            targets.add(each.getTarget());
            silent.remove(each.getTarget());
        });
        if (platforms.isEmpty() && silent.isEmpty()) {
            return List.of(Finding.warn(
                    "collectors", "no collector has ever reported: nothing is watched", "run 'snowmelt collect'"));
        }
        return Stream.concat(platforms.stream().map(this::of), silent.stream().map(CollectorFindings::never))
                .toList();
    }

    /// Somebody named it, so somebody believes that it is watched.
    private static Finding never(String target) {
        return Finding.fail(
                "collectors." + target,
                "no collector of it has ever reported: nothing is seen there",
                "run 'snowmelt collect " + (target.startsWith("k8s:") ? "kubernetes" : "ec2") + " --target " + target
                        + "', or see its log");
    }

    private Finding of(CollectorStatus status) {
        String check = "collectors." + status.getTarget();
        String who = status.getKind() + "/" + status.getTarget();
        if (!status.hasLastSnapshot()) {
            return Finding.warn(
                    check,
                    who + " has finished no snapshot yet" + problem(status),
                    "without one nothing is terminated there; see its log and /health/ready");
        }
        Instant last = Instant.ofEpochMilli(Timestamps.toMillis(status.getLastSnapshot()));
        Duration age = Duration.between(last, clock.instant());
        Duration most = resync(status.getTarget()).multipliedBy(2).plus(GRACE);
        String when = who + ": the last snapshot ended " + DurationText.print(age) + " ago";
        if (age.compareTo(most) > 0) {
            return Finding.fail(
                    check,
                    when + ", longer than " + DurationText.print(most) + problem(status),
                    "start it, or see its log; if it is retired for good, its record in the topic collectors is"
                            + " to be deleted");
        }
        return status.getProblem().isEmpty()
                ? Finding.ok(check, when + ", " + status.getInstances() + " instances")
                : Finding.warn(check, when + problem(status), "see its log and /health/ready");
    }

    private static String problem(CollectorStatus status) {
        return status.getProblem().isEmpty() ? "" : "; it says: " + status.getProblem();
    }

    private Duration resync(String target) {
        return config.aws().targets().stream()
                .filter(each -> each.target().toString().equals(target))
                .map(AwsTarget::resync)
                .findFirst()
                .orElse(
                        TargetId.parse(target).platform() == TargetId.Platform.K8S
                                ? config.kubernetes().resync()
                                : Duration.ofMinutes(10));
    }
}
