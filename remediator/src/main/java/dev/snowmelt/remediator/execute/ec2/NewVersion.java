package dev.snowmelt.remediator.execute.ec2;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// What a new version of a launch template is to be, and which command it is made for.
///
/// EC2 knows it by its token, and anybody by its description, which ends with the token: so one
/// command makes one version at most, however often and by whomever it is carried out.
///
/// @param launchTemplate its id
/// @param source number of the version that all but the image is taken from
/// @param image AMI id
/// @param revision the declaration's, which says so
/// @param command its id and when it was issued: every attempt is another command
record NewVersion(String launchTemplate, long source, String image, long revision, String command) {
    /// For example `ami-0abc in lt-0def like version 7`.
    String inWords() {
        return image + " in " + launchTemplate + " like version " + source;
    }

    /// EC2's client token: a request that is repeated with the same one makes no second version. Up
    /// to 128 characters are allowed.
    String token() {
        String all = String.join("\n", launchTemplate, Long.toString(source), image, Long.toString(revision), command);
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

    /// True when the version says that it is this one.
    boolean describes(LaunchTemplateVersion version) {
        return description().equals(version.versionDescription());
    }

    /// The same, whatever command it is made for.
    NewVersion forAnyCommand() {
        return new NewVersion(launchTemplate, source, image, revision, "");
    }
}
