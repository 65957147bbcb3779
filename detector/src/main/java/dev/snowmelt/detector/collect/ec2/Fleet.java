package dev.snowmelt.detector.collect.ec2;

import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;

/// What lists and looks share, and what outlives sessions: how AWS is asked, what is known, and the
/// order of things.
///
/// @param order counts the lists and looks, by when they began
record Fleet(Ec2Reads reads, LaunchTemplates launchTemplates, KnownFleet known, UserData userData, AtomicLong order) {

    static Fleet of(Ec2CollectorSettings settings, Ec2Client ec2, AutoScalingClient autoScaling, AwsCalls calls) {
        var reads = new Ec2Reads(ec2, autoScaling, calls, settings.pages());
        return new Fleet(
                reads,
                new LaunchTemplates(ec2, autoScaling, calls, System::nanoTime),
                new KnownFleet(),
                new UserData(settings.userData(), reads),
                new AtomicLong());
    }

    /// To be taken before the first request is sent: of two that saw an object, the one that asked
    /// later is right.
    long nextOrder() {
        return order.incrementAndGet();
    }
}
