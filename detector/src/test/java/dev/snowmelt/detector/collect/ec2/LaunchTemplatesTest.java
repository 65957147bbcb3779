package dev.snowmelt.detector.collect.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.fingerprint.ec2.Launch;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import dev.snowmelt.schemas.id.TargetId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplatesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplatesResponse;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// What is remembered of launch templates, and for how long.
class LaunchTemplatesTest {
    private static final LaunchSource FIRST = new LaunchTemplate("lt-0abc", "", "1");
    private static final TargetId TARGET = TargetId.parse("aws:123456789012:eu-west-1");

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1); // it may begin anywhere
    private final Ec2InMemory ec2 = new Ec2InMemory();
    private final LaunchTemplates templates = new LaunchTemplates(
            ec2,
            new NoAutoScaling(),
            new AwsCalls(TARGET, new Ec2Metrics(new SimpleMeterRegistry(), TARGET)),
            time::get);

    /// Version 1 of `web`, as long as it exists.
    private static final class Ec2InMemory implements Ec2Client {
        private final Set<String> versions = new HashSet<>(Set.of("1"));
        private boolean exists = true;
        private int asked;

        @Override
        public DescribeLaunchTemplatesResponse describeLaunchTemplates(DescribeLaunchTemplatesRequest request) {
            return DescribeLaunchTemplatesResponse.builder()
                    .launchTemplates(
                            exists
                                    ? List.of(software.amazon.awssdk.services.ec2.model.LaunchTemplate.builder()
                                            .launchTemplateId("lt-0abc")
                                            .launchTemplateName("web")
                                            .latestVersionNumber(1L)
                                            .defaultVersionNumber(1L)
                                            .build())
                                    : List.of())
                    .build();
        }

        @Override
        public DescribeLaunchTemplateVersionsResponse describeLaunchTemplateVersions(
                DescribeLaunchTemplateVersionsRequest request) {
            asked++;
            return DescribeLaunchTemplateVersionsResponse.builder()
                    .launchTemplateVersions(request.versions().stream()
                            .filter(versions::contains)
                            .map(number -> LaunchTemplateVersion.builder()
                                    .launchTemplateId("lt-0abc")
                                    .launchTemplateName("web")
                                    .versionNumber(Long.valueOf(number))
                                    .launchTemplateData(data -> data.imageId("ami-0abc"))
                                    .build())
                            .toList())
                    .build();
        }

        @Override
        public String serviceName() {
            return "ec2";
        }

        @Override
        public void close() {}
    }

    private static final class NoAutoScaling implements AutoScalingClient {
        @Override
        public String serviceName() {
            return "autoscaling";
        }

        @Override
        public void close() {}
    }

    private static Optional<Launch> read(LaunchTemplates.Reading reading) throws LookException {
        reading.prepare(List.of(FIRST));
        return reading.of(FIRST);
    }

    private void later(Duration by) {
        time.addAndGet(by.toNanos());
    }

    @Test
    void aVersionIsAskedForOnce() throws LookException {
        assertThat(read(templates.list())).contains(new Launch("lt-0abc:1", "ami-0abc"));
        later(Duration.ofMinutes(59));

        assertThat(read(templates.list())).isPresent();
        assertThat(read(templates.look())).isPresent();
        assertThat(ec2.asked).isEqualTo(1);
    }

    @Test
    void afterAnHourItIsAskedForAnew() throws LookException {
        read(templates.list());
        ec2.versions.clear();
        later(Duration.ofHours(1));

        assertThat(read(templates.list())).isEmpty();
        assertThat(ec2.asked).isEqualTo(2);
    }

    @Test
    void whatWasReadHoldsForTheWholeList() throws LookException {
        read(templates.list());
        later(Duration.ofMinutes(59));
        LaunchTemplates.Reading list = templates.list();
        list.prepare(List.of(FIRST));
        later(Duration.ofMinutes(2));

        assertThat(list.of(FIRST)).isPresent();
    }

    @Test
    void whatAnEventNamesIsAskedForAnew() throws LookException {
        for (String name : List.of("lt-0abc", "web")) {
            ec2.versions.add("1");
            assertThat(read(templates.look())).isPresent();
            ec2.versions.clear();

            templates.forget(Set.of("lt-0def", name));

            assertThat(read(templates.look())).as(name).isEmpty();
        }
        ec2.versions.add("1");
        read(templates.look());
        int before = ec2.asked;
        templates.forget(Set.of("lt-0def", "", "lt-0abc:1"));
        read(templates.look());
        assertThat(ec2.asked).isEqualTo(before);
    }

    @Test
    void aListAsksWhetherTheLaunchTemplateStillExists() throws LookException {
        read(templates.list());
        ec2.exists = false;

        assertThat(read(templates.list())).isEmpty();
        assertThat(ec2.asked).isEqualTo(1);
    }
}
