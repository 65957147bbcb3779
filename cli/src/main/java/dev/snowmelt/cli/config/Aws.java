package dev.snowmelt.cli.config;

import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.schemas.id.TargetId;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// AWS accounts and regions. Several are a list, `aws.targets`; a single one may be said shortly,
/// as `aws.target`, `aws.profile` and so on, which are also what options and the environment say:
/// with `aws.target` only that one counts, and what is said beside it wins over what the list says
/// of it.
///
/// @param targets each once
public record Aws(List<AwsTarget> targets) {
    private static final Duration RESYNC = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofSeconds(60);
    private static final Pattern ROLE = Pattern.compile("arn:aws[a-z-]*:iam::([0-9]{12}):role/[\\w+=,.@/-]{1,576}");
    /// What IAM allows.
    private static final Pattern EXTERNAL_ID = Pattern.compile("[\\w+=,.@:/-]{2,1224}");
    private static final Pattern QUEUE_HOST =
            Pattern.compile("sqs(?:-fips)?\\.([a-z0-9-]+)\\.(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)");

    private static final String SHORT = "aws.";
    private static final String LIST = "aws.targets";

    /// Keeps a copy.
    public Aws {
        targets = List.copyOf(targets);
    }

    static Aws read(ConfigReader reader) {
        int count = reader.count(LIST);
        List<Said> listed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            listed.add(Said.read(reader, LIST + "[" + i + "]."));
        }
        Said single = Said.read(reader, SHORT);
        Set<TargetId> seen = new HashSet<>();
        for (Said each : listed) {
            if (each.target.isEmpty() && !reader.faulty(each.at + "target")) {
                reader.fault(each.at + "target", "is missing: such as aws:123456789012:eu-west-1");
            }
            each.target
                    .filter(target -> !seen.add(target))
                    .ifPresent(target -> reader.fault(each.at + "target", target + " is named twice"));
        }
        return new Aws(chosen(reader, listed, single).stream()
                .flatMap(said -> said.checked(reader).stream())
                .toList());
    }

    private static List<Said> chosen(ConfigReader reader, List<Said> listed, Said single) {
        if (single.target.isPresent()) {
            return List.of(listed.stream()
                    .filter(each -> each.target.equals(single.target))
                    .findFirst()
                    .map(single::over)
                    .orElse(single));
        }
        if (single.isEmpty()) {
            return listed;
        }
        if (listed.size() == 1) {
            return List.of(single.over(listed.getFirst()));
        }
        if (!reader.faulty(SHORT + "target")) {
            reader.fault(SHORT + "target", "is missing: of which target is what else is said below 'aws'?");
        }
        return listed;
    }

    /// What is said of one target, in one place.
    private record Said(
            String at,
            Optional<TargetId> target,
            Optional<String> profile,
            Optional<String> roleArn,
            Optional<String> externalId,
            Optional<URI> queueUrl,
            Optional<URI> endpoint,
            Optional<Duration> resync,
            Optional<Duration> poll,
            Optional<Boolean> userData,
            Optional<Duration> statusChecks) {

        static Said read(ConfigReader reader, String at) {
            return new Said(
                    at,
                    reader.value(at + "target", Aws::target),
                    reader.text(at + "profile"),
                    reader.value(
                            at + "roleArn",
                            text -> matching(
                                    ROLE,
                                    text,
                                    "a role's ARN such as" + " 'arn:aws:iam::123456789012:role/snowmelt-collector'")),
                    reader.value(
                            at + "externalId",
                            text -> matching(
                                    EXTERNAL_ID, text, "an external id: 2 to 1224 letters, digits and '_+=,.@:/-'")),
                    reader.value(at + "queueUrl", Aws::url),
                    reader.value(at + "endpoint", Aws::url),
                    Resync.read(reader, at + "resync"),
                    reader.duration(at + "poll"),
                    reader.truth(at + "userData"),
                    reader.value(at + "statusChecks", DurationText::parse));
        }

        boolean isEmpty() {
            return Stream.of(
                            target,
                            profile,
                            roleArn,
                            externalId,
                            queueUrl,
                            endpoint,
                            resync,
                            poll,
                            userData,
                            statusChecks)
                    .allMatch(Optional::isEmpty);
        }

        /// This, and where it says nothing, another.
        Said over(Said other) {
            return new Said(
                    at,
                    first(target, other.target),
                    first(profile, other.profile),
                    first(roleArn, other.roleArn),
                    first(externalId, other.externalId),
                    first(queueUrl, other.queueUrl),
                    first(endpoint, other.endpoint),
                    first(resync, other.resync),
                    first(poll, other.poll),
                    first(userData, other.userData),
                    first(statusChecks, other.statusChecks));
        }

        private static <T> Optional<T> first(Optional<T> one, Optional<T> other) {
            return one.isPresent() ? one : other;
        }

        /// Faults that only show when values are seen together.
        Optional<AwsTarget> checked(ConfigReader reader) {
            if (target.isEmpty()) {
                return Optional.empty();
            }
            var whole = new AwsTarget(
                    target.get(),
                    profile,
                    roleArn,
                    externalId,
                    queueUrl,
                    endpoint,
                    resync.orElse(RESYNC),
                    poll.orElse(POLL),
                    userData.orElse(false),
                    statusChecks.orElse(GroupFingerprint.STATUS_CHECKS));
            differing(roleArn, ROLE, whole.account())
                    .ifPresent(account -> reader.fault(
                            at + "roleArn",
                            "is a role of account " + account + ", but the target is " + target.get()
                                    + ": a role of the target's account is assumed"));
            if (externalId.isPresent() && roleArn.isEmpty()) {
                reader.fault(at + "externalId", "is for a role: set " + at + "roleArn too");
            }
            if (endpoint.isEmpty()) {
                differing(queueUrl.map(URI::getHost), QUEUE_HOST, whole.region())
                        .ifPresent(region -> reader.fault(
                                at + "queueUrl",
                                "is a queue in " + region + ", but the target is " + target.get()
                                        + ": EventBridge delivers within a region"));
            }
            return Optional.of(whole);
        }

        /// What a text names instead of what it should; empty when it names that, or nothing.
        private static Optional<String> differing(Optional<String> text, Pattern pattern, String expected) {
            return text.map(pattern::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(1))
                    .filter(named -> !named.equals(expected));
        }
    }

    private static TargetId target(String text) {
        TargetId target = TargetId.parse(text);
        if (target.platform() != TargetId.Platform.AWS) {
            throw new IllegalArgumentException(
                    "must be an account and region such as 'aws:123456789012:eu-west-1', not '" + text + "'");
        }
        return target;
    }

    private static String matching(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("must be " + what + ", not '" + text + "'");
        }
        return text;
    }

    private static URI url(String text) {
        try {
            var url = new URI(text);
            @Nullable String scheme = url.getScheme();
            if (url.getHost() != null && ("https".equals(scheme) || "http".equals(scheme))) {
                return url;
            }
        } catch (URISyntaxException _) {
            // Said below.
        }
        throw new IllegalArgumentException("must be a URL such as 'https://host/path', not '" + text + "'");
    }
}
