package dev.snowmelt.fingerprint.ec2;

import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.TagDescription;
import software.amazon.awssdk.services.ec2.model.Tag;

/// Tags that mean something here.
final class Ec2Tags {
    /// By which people say that something holds state; any value but `false` counts.
    static final String STATEFUL = "snowmelt.dev/stateful";
    /// Put by Auto Scaling on the instances of a group, warm pools included; taken away when one is
    /// detached.
    static final String GROUP = "aws:autoscaling:groupName";
    /// Put by EC2 on what is launched from a launch template.
    static final String LAUNCH_TEMPLATE = "aws:ec2launchtemplate:id";
    /// The number that the template's version had then.
    static final String LAUNCH_TEMPLATE_VERSION = "aws:ec2launchtemplate:version";

    private Ec2Tags() {}

    /// A tag's value; empty: there is no such tag.
    static String of(List<Tag> tags, String key) {
        for (int i = 0; i < tags.size(); i++) {
            if (key.equals(tags.get(i).key())) {
                return orEmpty(tags.get(i).value());
            }
        }
        return "";
    }

    static boolean sayStateful(List<Tag> tags) {
        return tags.stream().anyMatch(tag -> STATEFUL.equals(tag.key()) && means(orEmpty(tag.value())));
    }

    static boolean ofGroupSayStateful(List<TagDescription> tags) {
        return tags.stream().anyMatch(tag -> STATEFUL.equals(tag.key()) && means(orEmpty(tag.value())));
    }

    private static boolean means(String value) {
        return !value.strip().equalsIgnoreCase("false");
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
