package dev.snowmelt.fingerprint.ec2;

import com.google.protobuf.Timestamp;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ImageFacet.Phase;
import dev.snowmelt.v1.ObservedContainer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.EbsInstanceBlockDevice;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/// An EC2 instance's image facet. Collector and executor both use it, so that they see the same.
public final class InstanceFingerprint {
    /// The one container of a machine.
    public static final String SLOT = "ami";

    private InstanceFingerprint() {}

    /// The instance's id.
    ///
    /// @throws dev.snowmelt.schemas.id.MalformedIdException when it has none
    public static InstanceId instance(TargetId target, Instance instance) {
        return new InstanceId(target, "", orEmpty(instance.instanceId()), "");
    }

    /// What owns the instance: the group that lists it, else the one that it bears the tag of (its
    /// warm pool, or one that is not listed yet), else nothing.
    public static WorkloadId workload(TargetId target, Instance instance, @Nullable Member member) {
        String group = member == null ? groupTag(instance) : member.group();
        return group.isEmpty()
                ? new WorkloadId(target, "", WorkloadId.STANDALONE, orEmpty(instance.instanceId()))
                : new WorkloadId(target, "", WorkloadId.ASG, group);
    }

    /// Name of the group that an instance bears the tag of; empty: none.
    public static String groupTag(Instance instance) {
        return Ec2Tags.of(instance.tags(), Ec2Tags.GROUP);
    }

    /// True when the instance runs no more and never will again.
    public static boolean terminated(Instance instance) {
        return state(instance) == InstanceStateName.TERMINATED;
    }

    /// What EC2 and its group say that an instance runs. Equal answers give equal facets; nothing
    /// that changes by itself is in it.
    ///
    /// An instance of a group is ready when the group has it in service and healthy, a standalone
    /// one when it runs. It holds state when it or its group is tagged `snowmelt.dev/stateful`, or
    /// when a volume other than its root's would outlive it: what is on such a volume is meant to
    /// stay, and no new instance would have it.
    ///
    /// @param member what its group says of it; null: nothing owns it, or its group is not known
    /// @param userDataSha256 of [#userDataSha256]; empty: not looked at
    public static ImageFacet imageFacet(Instance instance, @Nullable Member member, String userDataSha256) {
        InstanceStateName state = state(instance);
        boolean running = state == InstanceStateName.RUNNING;
        boolean owned = member != null || !groupTag(instance).isEmpty();
        boolean inService = member == null ? !owned : member.inService();
        ImageFacet.Builder facet = ImageFacet.newBuilder()
                .setTemplate(template(instance, member))
                .setNode(zone(instance))
                .setReady(running && inService)
                .setTerminating(state == InstanceStateName.SHUTTING_DOWN
                        || state == InstanceStateName.TERMINATED
                        || (member != null && member.terminating()))
                .setPhase(phase(state))
                .setUserDataSha256(userDataSha256);
        if (instance.launchTime() != null) {
            facet.setCreated(timestamp(instance.launchTime()));
        }
        String ami = image(instance, member);
        if (!ami.isEmpty()) {
            facet.addContainers(ObservedContainer.newBuilder()
                    .setName(SLOT)
                    .setType(ObservedContainer.Type.AMI)
                    .setImage(ami)
                    // As a pod's: what runs, known from when it does.
                    .setImageId(state == InstanceStateName.PENDING ? "" : ami));
        }
        if (isStateful(instance, member)) {
            facet.addProtections(ImageFacet.Protection.STATEFUL);
        }
        return facet.build();
    }

    /// SHA-256 of user data, in hexadecimal; of no bytes when there is none.
    ///
    /// @param base64 as the API tells it; null: none
    /// @throws IllegalArgumentException when it is no Base64
    public static String userDataSha256(@Nullable String base64) {
        byte[] data = Base64.getMimeDecoder().decode(orEmpty(base64).getBytes(StandardCharsets.US_ASCII));
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String template(Instance instance, @Nullable Member member) {
        if (member != null && !member.template().isEmpty()) {
            return member.template();
        }
        return Member.template(
                Ec2Tags.of(instance.tags(), Ec2Tags.LAUNCH_TEMPLATE),
                Ec2Tags.of(instance.tags(), Ec2Tags.LAUNCH_TEMPLATE_VERSION));
    }

    private static String image(Instance instance, @Nullable Member member) {
        return member != null && !member.image().isEmpty() ? member.image() : orEmpty(instance.imageId());
    }

    private static boolean isStateful(Instance instance, @Nullable Member member) {
        return (member != null && member.stateful())
                || Ec2Tags.sayStateful(instance.tags())
                || instance.blockDeviceMappings().stream().anyMatch(device -> outlives(instance, device));
    }

    private static boolean outlives(Instance instance, InstanceBlockDeviceMapping device) {
        EbsInstanceBlockDevice volume = device.ebs();
        return volume != null
                && Boolean.FALSE.equals(volume.deleteOnTermination())
                && !orEmpty(device.deviceName()).equals(orEmpty(instance.rootDeviceName()));
    }

    private static Phase phase(InstanceStateName state) {
        return switch (state) {
            case PENDING -> Phase.PENDING;
            case RUNNING -> Phase.RUNNING;
            case STOPPING, STOPPED -> Phase.FAILED;
            // Still running what it ran, for as long as it is there.
            case SHUTTING_DOWN -> Phase.RUNNING;
            case TERMINATED, UNKNOWN_TO_SDK_VERSION -> Phase.PHASE_UNSPECIFIED;
        };
    }

    private static InstanceStateName state(Instance instance) {
        InstanceStateName state =
                instance.state() == null ? null : instance.state().name();
        return state == null ? InstanceStateName.UNKNOWN_TO_SDK_VERSION : state;
    }

    private static String zone(Instance instance) {
        return instance.placement() == null ? "" : orEmpty(instance.placement().availabilityZone());
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
