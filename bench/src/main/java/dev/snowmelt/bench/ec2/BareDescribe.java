package dev.snowmelt.bench.ec2;

import dev.snowmelt.bench.measure.BenchException;
import software.amazon.awssdk.services.ec2.Ec2Client;

/// What anybody would write who wants all instances: pages of DescribeInstances with the SDK,
/// parsed into its objects.
record BareDescribe(Ec2Client ec2, int instances) {
    /// @return how long it took, in nanoseconds
    long run() {
        long start = System.nanoTime();
        int seen = ec2.describeInstancesPaginator(ask -> ask.maxResults(Ec2Account.PAGE)).stream()
                .flatMap(page -> page.reservations().stream())
                .mapToInt(reservation -> reservation.instances().size())
                .sum();
        long took = System.nanoTime() - start;
        if (seen != instances) {
            throw new BenchException("the list has " + seen + " instances, not " + instances);
        }
        return took;
    }
}
