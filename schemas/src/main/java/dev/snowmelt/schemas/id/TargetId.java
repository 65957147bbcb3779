package dev.snowmelt.schemas.id;

import java.util.regex.Pattern;

/// One cluster (`k8s:prod-eu`) or one AWS account and region (`aws:123456789012:eu-west-1`).
///
/// @param platform where its instances live
/// @param name cluster name, or `account:region`
public record TargetId(Platform platform, String name) implements Comparable<TargetId> {
    /// The platforms that Snowmelt knows; their prefix in ids is their name in lower case.
    public enum Platform {
        /// A Kubernetes cluster.
        K8S,
        /// An account and region of Amazon Web Services.
        AWS;

        private final String prefix = name().toLowerCase(java.util.Locale.ROOT) + ":";
    }

    private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");
    private static final Pattern ACCOUNT_AND_REGION = Pattern.compile("[0-9]{12}:[a-z]{2}(-[a-z]+)+-[0-9]+");
    private static final String EXPECTED = "a target such as 'k8s:prod-eu' or 'aws:123456789012:eu-west-1'";

    /// @throws MalformedIdException when the name is not one of its platform
    public TargetId {
        Pattern pattern = platform == Platform.K8S ? CLUSTER : ACCOUNT_AND_REGION;
        if (!pattern.matcher(name).matches()) {
            throw new MalformedIdException(platform.prefix + name, EXPECTED);
        }
    }

    /// @throws MalformedIdException when the text is no target
    public static TargetId parse(String text) {
        for (Platform platform : Platform.values()) {
            if (text.startsWith(platform.prefix)) {
                return new TargetId(platform, text.substring(platform.prefix.length()));
            }
        }
        throw new MalformedIdException(text, EXPECTED);
    }

    @Override
    public int compareTo(TargetId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return platform.prefix + name;
    }
}
