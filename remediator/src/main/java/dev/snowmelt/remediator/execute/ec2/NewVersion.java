package dev.snowmelt.remediator.execute.ec2;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.ResponseLaunchTemplateData;

/// What a new version of a launch template is to be.
///
/// Whoever restores the same thing again, after a crash or because it was BLOCKED, finds the
/// version that is there: EC2 knows it by its token, and anybody by its description, which ends
/// with the token. So of a launch template, which holds 10 000 versions, each declared revision
/// takes one at most.
///
/// A version that somebody else made is never used, also where it names the declared image, as an
/// earlier one does after a rollback: what else it holds, this version of the SDK may not know.
///
/// @param launchTemplate its id
/// @param source number of the version that all but the image is taken from
/// @param image AMI id
/// @param revision the declaration's, which says so
record NewVersion(String launchTemplate, long source, String image, long revision) {
    /// For example `ami-0abc in lt-0def like version 7`.
    String inWords() {
        return image + " in " + launchTemplate + " like version " + source;
    }

    /// EC2's client token: a request that is repeated with the same one makes no second version. Up
    /// to 128 characters are allowed.
    String token() {
        String all = String.join("\n", launchTemplate, Long.toString(source), image, Long.toString(revision));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return "snowmelt-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Says whose it is. Must derive from what the token derives from: a token with other
    /// parameters is an error. EC2 takes up to 255 characters.
    String description() {
        return "snowmelt: the declared image, revision %d, %s".formatted(revision, token());
    }

    /// The one of these that is this one, made before. Not believed by its description alone: who
    /// may make versions need not be allowed to point groups at them, so all of it but the image
    /// must equal its source.
    ///
    /// @param source the version that it was made from
    Optional<LaunchTemplateVersion> among(Stream<LaunchTemplateVersion> versions, LaunchTemplateVersion source) {
        return versions.filter(this::describes)
                .filter(version -> version.launchTemplateData() != null
                        && image.equals(version.launchTemplateData().imageId())
                        && withoutImage(version).equals(withoutImage(source)))
                .findFirst();
    }

    /// True when the version says that it is this one.
    boolean describes(LaunchTemplateVersion version) {
        return version.versionNumber() != null
                && version.versionNumber() > source
                && description().equals(version.versionDescription());
    }

    private static Optional<ResponseLaunchTemplateData> withoutImage(LaunchTemplateVersion version) {
        return Optional.ofNullable(version.launchTemplateData())
                .map(data -> data.toBuilder().imageId(null).build());
    }
}
