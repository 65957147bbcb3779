package dev.snowmelt.sources.packer;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What a build made, as the `artifact_id` in Packer's manifest names it.
sealed interface Artifact {
    /// Machine images, by the region that each is in: `eu-west-1:ami-0abc,us-east-1:ami-0def`.
    record MachineImages(Map<String, String> byRegion) implements Artifact {
        public MachineImages {
            byRegion = Map.copyOf(byRegion);
        }
    }

    /// A local Docker image by the digest of its config.
    record ImageId(String digest) implements Artifact {}

    /// A Docker image by its name, with a tag or a digest.
    record ImageName(String reference) implements Artifact {}

    /// Something that no workload can be compared with.
    ///
    /// @param why a sentence about it, for people
    record Incomparable(String why) implements Artifact {}

    /// One region's image in an Amazon builder's artifact.
    Pattern REGIONAL = Pattern.compile("([a-z]{2}(?:-[a-z]+)+-[0-9]+):(ami-(?:[0-9a-f]{8}|[0-9a-f]{17}))");

    /// What the id says counts more than who built it: `amazon-import` makes an AMI of what qemu built.
    ///
    /// @param builderType the builder's type, for example `amazon-ebs`
    /// @param id `artifact_id`
    /// @return empty: the id is none of that builder's
    static Optional<Artifact> of(String builderType, String id) {
        Map<String, String> images = machineImages(id);
        if (!images.isEmpty()) {
            return Optional.of(new MachineImages(images));
        }
        if (id.matches("sha256:[0-9a-f]{64}")) {
            return Optional.of(new ImageId(id));
        }
        return switch (builderType) {
            case "docker" -> docker(id);
            case "amazon-ebsvolume" -> Optional.of(new Incomparable("amazon-ebsvolume makes volumes and no AMI"));
            case "amazon-ebs", "amazon-ebssurrogate", "amazon-instance", "amazon-chroot" -> Optional.empty();
            default ->
                Optional.of(new Incomparable("the builder '" + builderType
                        + "' makes neither an AMI nor a Docker image; Snowmelt knows amazon-ebs, amazon-ebssurrogate,"
                        + " amazon-instance, amazon-chroot and docker"));
        };
    }

    /// By region; empty: it is no list of AMIs, or one that names a region twice.
    private static Map<String, String> machineImages(String id) {
        Map<String, String> images = new TreeMap<>();
        for (String part : id.split(",", -1)) {
            var regional = REGIONAL.matcher(part.strip());
            if (!regional.matches() || images.put(regional.group(1), regional.group(2)) != null) {
                return Map.of();
            }
        }
        return images;
    }

    private static Optional<Artifact> docker(String id) {
        // What the builder calls an export.
        if (id.equals("Container")) {
            return Optional.of(
                    new Incomparable("an exported container has no digest; commit it ('commit = true') instead"));
        }
        return id.isBlank() || id.contains(" ") ? Optional.empty() : Optional.of(new ImageName(id));
    }
}
