package dev.snowmelt.fingerprint.kubernetes;

import com.google.protobuf.Timestamp;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pod's image facet. Collector and executor both use it, so that they see the same.
public final class PodFingerprint {
    /// Label that a Deployment puts on its ReplicaSets' pods.
    public static final String POD_TEMPLATE_HASH = "pod-template-hash";
    /// Label that StatefulSets and DaemonSets put on their pods.
    public static final String CONTROLLER_REVISION_HASH = "controller-revision-hash";
    /// Annotation of the mirror that a kubelet makes of a static pod.
    public static final String MIRROR_POD = "kubernetes.io/config.mirror";

    private PodFingerprint() {}

    /// The pod's id.
    ///
    /// @throws dev.snowmelt.schemas.id.MalformedIdException when namespace, name or UID is missing
    public static InstanceId instance(TargetId target, Pod pod) {
        ObjectMeta metadata = pod.getMetadata();
        return InstanceId.pod(
                target, orEmpty(metadata.getNamespace()), orEmpty(metadata.getName()), orEmpty(metadata.getUid()));
    }

    /// What the API server says that a pod runs. Equal pods give equal facets; nothing that changes
    /// by itself (heartbeats, restarts, addresses) is in it.
    ///
    /// Containers come from the spec, so that one without a status is there too, with an empty
    /// image id.
    ///
    /// @throws java.time.format.DateTimeParseException when the creation time is no RFC 3339 time
    public static ImageFacet imageFacet(Pod pod) {
        ObjectMeta metadata = pod.getMetadata();
        ImageFacet.Builder facet = ImageFacet.newBuilder()
                .setTemplate(template(metadata))
                .setTerminating(metadata.getDeletionTimestamp() != null);
        if (metadata.getCreationTimestamp() != null) {
            facet.setCreated(timestamp(metadata.getCreationTimestamp()));
        }
        PodStatus status = pod.getStatus();
        if (status != null) {
            facet.setReady(isReady(status)).setPhase(phase(status.getPhase()));
        }
        PodSpec spec = pod.getSpec();
        if (spec != null) {
            facet.setNode(orEmpty(spec.getNodeName()));
            addContainers(facet, spec, status);
        }
        if (Statefulness.ofPod(pod)) {
            facet.addProtections(ImageFacet.Protection.STATEFUL);
        }
        if (isMirror(metadata)) {
            facet.addProtections(ImageFacet.Protection.STATIC_POD);
        }
        return facet.build();
    }

    private static void addContainers(ImageFacet.Builder facet, PodSpec spec, @Nullable PodStatus status) {
        List<ContainerStatus> none = List.of();
        List<ContainerStatus> statuses = status == null ? none : status.getInitContainerStatuses();
        List<Container> init = spec.getInitContainers();
        for (int i = 0; i < init.size(); i++) {
            // A native sidecar (restartPolicy Always) is an init container that goes on running: INIT like the others.
            Container container = init.get(i);
            add(facet, ObservedContainer.Type.INIT, container.getName(), container.getImage(), statuses, i);
        }
        statuses = status == null ? none : status.getContainerStatuses();
        List<Container> containers = spec.getContainers();
        for (int i = 0; i < containers.size(); i++) {
            Container container = containers.get(i);
            add(facet, ObservedContainer.Type.APP, container.getName(), container.getImage(), statuses, i);
        }
        statuses = status == null ? none : status.getEphemeralContainerStatuses();
        List<EphemeralContainer> ephemeral = spec.getEphemeralContainers();
        for (int i = 0; i < ephemeral.size(); i++) {
            EphemeralContainer container = ephemeral.get(i);
            add(facet, ObservedContainer.Type.EPHEMERAL, container.getName(), container.getImage(), statuses, i);
        }
    }

    private static void add(
            ImageFacet.Builder facet,
            ObservedContainer.Type type,
            String name,
            @Nullable String image,
            List<ContainerStatus> statuses,
            int index) {
        facet.addContainers(ObservedContainer.newBuilder()
                .setName(name)
                .setType(type)
                .setImage(orEmpty(image))
                .setImageId(imageId(statuses, name, index)));
    }

    // Kubelets sort statuses by name, so that the index is only a first guess.
    private static String imageId(List<ContainerStatus> statuses, String name, int index) {
        if (index < statuses.size() && name.equals(statuses.get(index).getName())) {
            return orEmpty(statuses.get(index).getImageID());
        }
        for (int i = 0; i < statuses.size(); i++) {
            if (name.equals(statuses.get(i).getName())) {
                return orEmpty(statuses.get(i).getImageID());
            }
        }
        return "";
    }

    private static String template(ObjectMeta metadata) {
        if (metadata.getLabels() == null) {
            return "";
        }
        String hash = metadata.getLabels().get(POD_TEMPLATE_HASH);
        return hash == null ? orEmpty(metadata.getLabels().get(CONTROLLER_REVISION_HASH)) : hash;
    }

    private static boolean isReady(PodStatus status) {
        for (PodCondition condition : status.getConditions()) {
            if ("Ready".equals(condition.getType())) {
                return "True".equals(condition.getStatus());
            }
        }
        return false;
    }

    private static ImageFacet.Phase phase(@Nullable String phase) {
        return switch (phase) {
            case "Pending" -> ImageFacet.Phase.PENDING;
            case "Running" -> ImageFacet.Phase.RUNNING;
            case "Succeeded" -> ImageFacet.Phase.SUCCEEDED;
            case "Failed" -> ImageFacet.Phase.FAILED;
            case null, default -> ImageFacet.Phase.PHASE_UNSPECIFIED;
        };
    }

    private static boolean isMirror(ObjectMeta metadata) {
        // Since Kubernetes 1.17 kubelets make their node the owner as well.
        return (metadata.getAnnotations() != null && metadata.getAnnotations().containsKey(MIRROR_POD))
                || (metadata.getOwnerReferences() != null
                        && metadata.getOwnerReferences().stream().anyMatch(owner -> "Node".equals(owner.getKind())));
    }

    private static Timestamp timestamp(String rfc3339) {
        long second = plainSecond(rfc3339);
        if (second >= 0) {
            return Timestamp.newBuilder().setSeconds(second).build();
        }
        Instant instant = Instant.parse(rfc3339);
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /// Reads what API servers write, such as `2026-11-23T08:15:00Z`: the general parser takes a
    /// tenth of the time of a list.
    ///
    /// @return the second since 1970; -1: it is written in another way, or the general parser has
    /// to look at it
    private static long plainSecond(String text) {
        if (text.length() != 20) {
            return -1;
        }
        for (int i = 0; i < 20; i++) {
            char expected = "0000-00-00T00:00:00Z".charAt(i);
            char c = text.charAt(i);
            if (expected == '0' ? c < '0' || c > '9' : c != expected) {
                return -1;
            }
        }
        int year = number(text, 0) * 100 + number(text, 2);
        int month = number(text, 5);
        int day = number(text, 8);
        int hour = number(text, 11);
        int minute = number(text, 14);
        int second = number(text, 17);
        if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59) {
            // The ends of months, too, are for the general parser.
            return -1;
        }
        return LocalDate.of(year, month, day).toEpochDay() * 86_400L + hour * 3_600L + minute * 60L + second;
    }

    private static int number(String text, int at) {
        return 10 * (text.charAt(at) - '0') + text.charAt(at + 1) - '0';
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
