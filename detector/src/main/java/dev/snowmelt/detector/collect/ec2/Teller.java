package dev.snowmelt.detector.collect.ec2;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.detector.collect.Publisher;
import dev.snowmelt.detector.collect.SnapshotTally;
import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.fingerprint.ec2.Launch;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.Member;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.InstanceGone;
import dev.snowmelt.v1.InstanceObserved;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.TouchFacet;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.model.Instance;

/// Turns what AWS answered into observations and forgets it.
final class Teller {
    private final TargetId target;
    private final Publisher publisher;
    private final Duration statusChecks;

    /// @param statusChecks of [Ec2CollectorSettings]
    Teller(TargetId target, Publisher publisher, Duration statusChecks) {
        this.target = target;
        this.publisher = publisher;
        this.statusChecks = statusChecks;
    }

    /// A group is there.
    ///
    /// @param tally the snapshot whose list told it; null: a look did
    /// @throws IllegalArgumentException when it has no name
    void group(
            AutoScalingGroup group,
            Function<LaunchSource, Optional<Launch>> launches,
            long order,
            @Nullable SnapshotTally tally) {
        Observation seen = Observation.newBuilder()
                .setWorkload(GroupFingerprint.status(target, group, launches, statusChecks))
                .build();
        tell(GroupFingerprint.workload(target, group), seen, order, tally);
    }

    /// An instance is there.
    ///
    /// @return what it belongs to
    /// @throws IllegalArgumentException when it has no id
    WorkloadId instance(
            Instance instance,
            @Nullable Member member,
            String userDataSha256,
            long order,
            @Nullable SnapshotTally tally) {
        ImageFacet facet = InstanceFingerprint.imageFacet(instance, member, userDataSha256);
        WorkloadId workload = InstanceFingerprint.workload(target, instance, member);
        Observation seen = Observation.newBuilder()
                .setInstance(InstanceObserved.newBuilder()
                        .setInstance(
                                InstanceFingerprint.instance(target, instance).toString())
                        .setImage(facet))
                .build();
        tell(workload, seen, order, tally);
        return workload;
    }

    /// An instance is gone, or belongs to this workload no more.
    void gone(String instance, WorkloadId workload, long order) {
        Observation gone = Observation.newBuilder()
                .setInstanceGone(InstanceGone.newBuilder().setInstance(id(instance)))
                .build();
        publisher.changed(workload, gone, order);
    }

    /// Somebody was inside.
    void touched(EventNews.Touch touch, WorkloadId workload, Instant at, long order) {
        Observation touched = Observation.newBuilder()
                .setInstance(InstanceObserved.newBuilder()
                        .setInstance(id(touch.instance()))
                        .setTouch(TouchFacet.newBuilder()
                                .setKind(touch.kind())
                                .setAt(Timestamps.fromMillis(at.toEpochMilli()))
                                .setBy(touch.by())))
                .build();
        publisher.changed(workload, touched, order);
    }

    /// The workload of a group.
    WorkloadId group(String name) {
        return new WorkloadId(target, "", WorkloadId.ASG, name);
    }

    /// The workload of an instance that nothing owns.
    WorkloadId standalone(String instance) {
        return new WorkloadId(target, "", WorkloadId.STANDALONE, instance);
    }

    private String id(String instance) {
        return new InstanceId(target, "", instance, "").toString();
    }

    private void tell(WorkloadId workload, Observation what, long order, @Nullable SnapshotTally tally) {
        if (tally == null) {
            publisher.changed(workload, what, order);
        } else {
            publisher.listed(workload, what, order, tally);
        }
    }
}
