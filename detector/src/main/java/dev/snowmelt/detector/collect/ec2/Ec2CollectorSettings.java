package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.CollectorSettings;
import dev.snowmelt.detector.collect.Reuse;
import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.schemas.id.TargetId;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// How an account and region is collected.
///
/// @param collecting what every collector is told; its resync is the time between two lists
/// @param queue URL of the SQS queue with the events; empty: none, and what changes is seen by the
/// next list
/// @param userData the hash of user data is collected too: one call for each instance, once
/// @param statusChecks how long EC2's status checks take to tell that an instance does not boot: a
/// new one proves nothing before; zero: nothing is checked there, as in an emulator of AWS
/// @param pages how much is asked for at a time
/// @param gather how long events are gathered before what they name is looked at
/// @param again pause before an instance is looked at again that is not there yet, or not yet
/// settled; it doubles
/// @param hold how long the queue hides a received message at a time, in full seconds; it is asked
/// to again as long as the message is in hand, so that it comes again this long after a crash
public record Ec2CollectorSettings(
        CollectorSettings collecting,
        Optional<URI> queue,
        boolean userData,
        Duration statusChecks,
        Pages pages,
        Duration gather,
        Duration again,
        Duration hold) {
    /// Name of the kind of collector.
    public static final String KIND = "ec2";

    /// How much a page holds.
    ///
    /// @param groups 1 to 100
    /// @param instances 5 to 1000
    public record Pages(int groups, int instances) {
        /// As much as AWS allows.
        public static final Pages LARGEST = new Pages(100, 1000);

        /// @throws IllegalArgumentException when AWS would not allow it
        public Pages {
            if (groups < 1 || groups > 100 || instances < 5 || instances > 1000) {
                throw new IllegalArgumentException(
                        "a page holds 1 to 100 groups and 5 to 1000 instances, not " + groups + " and " + instances);
            }
        }
    }

    /// @throws IllegalArgumentException when a duration is not positive, or SQS cannot hide for so
    /// long
    public Ec2CollectorSettings {
        if (statusChecks.isNegative()) {
            throw new IllegalArgumentException("status checks take some time, or none");
        }
        if (!gather.isPositive() || !again.isPositive()) {
            throw new IllegalArgumentException("gather and again must be longer than nothing");
        }
        if (hold.compareTo(Duration.ofSeconds(1)) < 0 || hold.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("hold is from one second to one hour");
        }
    }

    /// The defaults: events gathered for 150 ms, and as few calls as possible.
    ///
    /// @param resync time between two lists when there is a queue
    /// @param poll time between two lists when there is none
    public static Ec2CollectorSettings of(
            TargetId target, String version, Duration resync, Duration poll, Optional<URI> queue, boolean userData) {
        CollectorSettings defaults = CollectorSettings.of(target, KIND, version);
        Duration every = queue.isPresent() || resync.compareTo(poll) < 0 ? resync : poll;
        return new Ec2CollectorSettings(
                new CollectorSettings(
                        target, defaults.collector(), KIND, every, defaults.confirmation(), defaults.reuse(), version),
                queue,
                userData,
                GroupFingerprint.STATUS_CHECKS,
                Pages.LARGEST,
                Duration.ofMillis(150),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60));
    }

    /// What is collected.
    public TargetId target() {
        return collecting.target();
    }

    /// What it costs to have no queue, one sentence for people.
    public String cost() {
        return "no queue of events is configured: a change in " + target() + " is seen by the next list, up to "
                + collecting.resync().toSeconds() + " s later, and each list costs a call for every "
                + pages.instances() + " instances and every " + pages.groups() + " groups; docs/ec2.md has the queue";
    }

    /// The same with other pages.
    public Ec2CollectorSettings with(Pages otherPages) {
        return new Ec2CollectorSettings(collecting, queue, userData, statusChecks, otherPages, gather, again, hold);
    }

    /// The same with other ages of the snapshot that answers a scan.
    public Ec2CollectorSettings withReuse(Reuse reuse) {
        var other = new CollectorSettings(
                target(),
                collecting.collector(),
                collecting.kind(),
                collecting.resync(),
                collecting.confirmation(),
                reuse,
                collecting.version());
        return new Ec2CollectorSettings(other, queue, userData, statusChecks, pages, gather, again, hold);
    }

    /// The same with messages hidden for so long at a time.
    public Ec2CollectorSettings withHold(Duration otherHold) {
        return new Ec2CollectorSettings(collecting, queue, userData, statusChecks, pages, gather, again, otherHold);
    }

    /// The same where status checks take another time.
    public Ec2CollectorSettings withStatusChecks(Duration otherStatusChecks) {
        return new Ec2CollectorSettings(collecting, queue, userData, otherStatusChecks, pages, gather, again, hold);
    }
}
