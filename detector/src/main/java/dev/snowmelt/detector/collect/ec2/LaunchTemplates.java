package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.fingerprint.ec2.Launch;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchConfiguration;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.DescribeLaunchConfigurationsRequest;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplatesRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// Resolves what groups launch from. Thread-safe.
///
/// A version of a launch template never changes, but it may be deleted, and then nothing is
/// launched from it any more: so it is remembered for an hour, or until an event names its launch
/// template. Which version `$Latest` and `$Default` are is asked anew for each [Reading], and so
/// is, for a list, whether a launch template still exists. Launch configurations never change
/// either, but one may be deleted and another made by its name, so they are asked for anew too.
final class LaunchTemplates {
    /// Most launch templates in one DescribeLaunchTemplates.
    private static final int TEMPLATES_A_CALL = 200;
    /// Most versions in one DescribeLaunchTemplateVersions.
    private static final int VERSIONS_A_CALL = 200;

    private static final int CONFIGURATIONS_A_CALL = 50;
    /// Some 200 bytes each.
    private static final int REMEMBERED = 16_384;

    private static final Duration HOLDS = Duration.ofHours(1);

    /// @param name of the launch template; empty: not told
    /// @param at when it was told, in the nanoseconds of `time`
    private record Known(Launch launch, String name, long at) {
        boolean isOf(String template) {
            return name.equals(template)
                    || launch.template()
                            .substring(0, launch.template().lastIndexOf(':'))
                            .equals(template);
        }
    }

    private final Ec2Client ec2;
    private final AutoScalingClient autoScaling;
    private final AwsCalls calls;
    private final LongSupplier time;
    private final Map<String, Known> versions = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > REMEMBERED;
        }
    };

    /// @param time nanoseconds of a clock that only ever goes forward
    LaunchTemplates(Ec2Client ec2, AutoScalingClient autoScaling, AwsCalls calls, LongSupplier time) {
        this.ec2 = ec2;
        this.autoScaling = autoScaling;
        this.calls = calls;
        this.time = time;
    }

    /// Begins to read for a list: what `$Latest` and `$Default` are, which launch templates still
    /// exist, and launch configurations, is asked once in it. Used by one thread.
    Reading list() {
        return new Reading(true);
    }

    /// Begins to read for a look, in which the existence of what is remembered is taken for
    /// granted. Used by one thread.
    Reading look() {
        return new Reading(false);
    }

    /// Something happened to these: what is remembered of them is asked for anew.
    ///
    /// @param templates ids and names
    void forget(Collection<String> templates) {
        synchronized (versions) {
            versions.values().removeIf(known -> templates.stream().anyMatch(known::isOf));
        }
    }

    private @Nullable Launch remembered(String template) {
        synchronized (versions) {
            Known known = versions.get(template);
            return known == null || time.getAsLong() - known.at >= HOLDS.toNanos() ? null : known.launch;
        }
    }

    private void remember(Launch launch, String name) {
        synchronized (versions) {
            versions.put(launch.template(), new Known(launch, name, time.getAsLong()));
        }
    }

    /// One list, or one look.
    final class Reading {
        private final Map<String, software.amazon.awssdk.services.ec2.model.LaunchTemplate> templates = new HashMap<>();
        private final Map<String, Launch> launches = new HashMap<>();
        private final Map<String, Launch> configurations = new HashMap<>();
        private final Set<String> asked = new LinkedHashSet<>();
        private final boolean whole;

        private Reading(boolean whole) {
            this.whole = whole;
        }

        /// Asks for what is not known yet of these, in as few calls as possible.
        void prepare(Collection<LaunchSource> sources) throws LookException {
            var named = new ArrayList<LaunchTemplate>();
            var configured = new LinkedHashSet<String>();
            for (LaunchSource source : sources) {
                switch (source) {
                    case LaunchTemplate template -> named.add(template);
                    case LaunchConfiguration(String name) -> configured.add(name);
                }
            }
            askTemplates(named);
            askVersions(named);
            configured.removeIf(name -> !asked.add("lc " + name));
            for (List<String> part : Parts.of(configured, CONFIGURATIONS_A_CALL)) {
                askConfigurations(part);
            }
        }

        /// What was asked for; empty: it does not exist.
        Optional<Launch> of(LaunchSource source) {
            return switch (source) {
                case LaunchTemplate template ->
                    Optional.ofNullable(template(template)).map(launches::get);
                case LaunchConfiguration(String name) -> Optional.ofNullable(configurations.get(name));
            };
        }

        /// Which version a group means, as [Launch#template]; null: not known.
        private @Nullable String template(LaunchTemplate named) {
            if (named.numbered() && !named.id().isEmpty() && !isGone(named)) {
                return Launch.template(named.id(), Long.parseLong(named.version()));
            }
            var template = templates.get(key(named));
            if (template == null) {
                return null;
            }
            Long number = switch (named.version()) {
                case LaunchTemplate.LATEST -> template.latestVersionNumber();
                case LaunchTemplate.DEFAULT -> template.defaultVersionNumber();
                default -> named.numbered() ? Long.valueOf(named.version()) : null;
            };
            return number == null ? null : Launch.template(template.launchTemplateId(), number);
        }

        private boolean isGone(LaunchTemplate named) {
            return asked.contains(key(named)) && !templates.containsKey(key(named));
        }

        private void askTemplates(List<LaunchTemplate> named) throws LookException {
            var ids = new LinkedHashSet<String>();
            var names = new LinkedHashSet<String>();
            for (LaunchTemplate template : named) {
                if ((whole || !template.numbered() || template.id().isEmpty()) && asked.add(key(template))) {
                    (template.id().isEmpty() ? names : ids)
                            .add(template.id().isEmpty() ? template.name() : template.id());
                }
            }
            for (List<String> part : Parts.of(ids, TEMPLATES_A_CALL)) {
                askTemplates(DescribeLaunchTemplatesRequest.Builder::launchTemplateIds, part);
            }
            for (List<String> part : Parts.of(names, TEMPLATES_A_CALL)) {
                askTemplates(DescribeLaunchTemplatesRequest.Builder::launchTemplateNames, part);
            }
        }

        private interface By {
            DescribeLaunchTemplatesRequest.Builder ask(
                    DescribeLaunchTemplatesRequest.Builder request, Collection<String> values);
        }

        // One that was deleted makes the call fail for all.
        private void askTemplates(By by, List<String> part) throws LookException {
            try {
                var answer = calls.call(
                        "ec2:DescribeLaunchTemplates",
                        () -> ec2.describeLaunchTemplates(by.ask(DescribeLaunchTemplatesRequest.builder(), part)
                                .build()));
                for (var template : answer.launchTemplates()) {
                    templates.put("id " + template.launchTemplateId(), template);
                    templates.put("name " + template.launchTemplateName(), template);
                }
            } catch (AwsException e) {
                if (e.fault().kind() != AwsFault.Kind.NOT_FOUND) {
                    throw e;
                }
                for (List<String> half : halves(part)) {
                    askTemplates(by, half);
                }
            }
        }

        private void askVersions(List<LaunchTemplate> named) throws LookException {
            var numbers = new LinkedHashMap<String, Set<String>>();
            for (LaunchTemplate each : named) {
                String template = template(each);
                if (template == null || !asked.add(template)) {
                    continue;
                }
                Launch remembered = remembered(template);
                if (remembered != null) {
                    launches.put(template, remembered);
                } else {
                    int colon = template.lastIndexOf(':');
                    numbers.computeIfAbsent(template.substring(0, colon), _ -> new LinkedHashSet<>())
                            .add(template.substring(colon + 1));
                }
            }
            for (var each : numbers.entrySet()) {
                for (List<String> part : Parts.of(each.getValue(), VERSIONS_A_CALL)) {
                    askVersions(each.getKey(), part);
                }
            }
        }

        private void askVersions(String id, List<String> numbers) throws LookException {
            try {
                var answer = calls.call(
                        "ec2:DescribeLaunchTemplateVersions",
                        () -> ec2.describeLaunchTemplateVersions(DescribeLaunchTemplateVersionsRequest.builder()
                                .launchTemplateId(id)
                                .versions(numbers)
                                .build()));
                for (LaunchTemplateVersion version : answer.launchTemplateVersions()) {
                    Launch launch = launch(version);
                    launches.put(launch.template(), launch);
                    remember(launch, version.launchTemplateName() == null ? "" : version.launchTemplateName());
                }
            } catch (AwsException e) {
                if (e.fault().kind() != AwsFault.Kind.NOT_FOUND) {
                    throw e;
                }
                for (List<String> half : halves(numbers)) {
                    askVersions(id, half);
                }
            }
        }

        private void askConfigurations(List<String> names) throws LookException {
            var answer = calls.call(
                    "autoscaling:DescribeLaunchConfigurations",
                    () -> autoScaling.describeLaunchConfigurations(DescribeLaunchConfigurationsRequest.builder()
                            .launchConfigurationNames(names)
                            .maxRecords(CONFIGURATIONS_A_CALL)
                            .build()));
            for (var configuration : answer.launchConfigurations()) {
                String name = configuration.launchConfigurationName();
                String image = configuration.imageId();
                configurations.put(name, new Launch(Launch.configuration(name), image == null ? "" : image));
            }
        }
    }

    private static String key(LaunchTemplate named) {
        return named.id().isEmpty() ? "name " + named.name() : "id " + named.id();
    }

    private static Launch launch(LaunchTemplateVersion version) {
        var data = version.launchTemplateData();
        String image = data == null ? null : data.imageId();
        return new Launch(
                Launch.template(version.launchTemplateId(), version.versionNumber()), image == null ? "" : image);
    }

    private static <T> List<List<T>> halves(List<T> part) {
        return part.size() < 2 ? List.of() : Parts.of(part, (part.size() + 1) / 2);
    }
}
