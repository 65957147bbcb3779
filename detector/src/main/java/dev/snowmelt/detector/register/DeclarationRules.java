package dev.snowmelt.detector.register;

import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId.Platform;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What a declaration must be to be taken at all. All problems are told at once; paths are those of
/// a [Declare] document.
///
/// Limits: a spec has at most [#MOST_CONTAINERS] containers with [#MOST_DIGESTS] digests each,
/// [#MOST_CONTAINERS] injected names, and [#LARGEST_SPEC] bytes in all. A declaration keeps its
/// newest 20 revisions, or as many of them as fit into one record of 900 KB: of the largest specs
/// that is six.
public final class DeclarationRules {
    /// Bytes of a spec as Protobuf: 128 KiB.
    public static final int LARGEST_SPEC = 128 * 1024;
    /// Containers of one spec, and names of injected ones.
    public static final int MOST_CONTAINERS = 256;
    /// Digests of one container.
    public static final int MOST_DIGESTS = 256;

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    private static final Pattern AMI = Pattern.compile("ami-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    /// RFC 1123 label: what Kubernetes demands of a container's name.
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private static final String AMI_SLOT = "ami";

    private final Problems problems = new Problems();

    private DeclarationRules() {}

    /// @return empty when it may be declared
    public static List<Problem> problems(Declare declare) {
        var rules = new DeclarationRules();
        Optional<WorkloadId> workload = workload(declare.getWorkload(), "workload", rules.problems);
        Platform platform = workload.map(id -> id.target().platform()).orElse(Platform.K8S);
        rules.spec(declare.getSpec(), platform);
        return rules.problems.list();
    }

    /// A workload that a declaration may name.
    static Optional<WorkloadId> workload(String text, String path, Problems problems) {
        try {
            WorkloadId workload = WorkloadId.parse(text);
            if (workload.declarable()) {
                return Optional.of(workload);
            }
            var kinds = new TreeSet<>(WorkloadId.kinds(workload.target().platform()));
            problems.add(
                    path,
                    "'" + workload.kind() + "' is no kind of workload; kinds are " + String.join(", ", kinds)
                            + dev.snowmelt.schemas.text.Suggestion.question(workload.kind(), kinds));
        } catch (MalformedIdException e) {
            problems.add(path, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    /// Whether a text is the digest of an image or of its configuration.
    static boolean isDigest(String text) {
        return DIGEST.matcher(text).matches();
    }

    private void spec(DeclarationSpec spec, Platform platform) {
        if (!size(spec)) {
            return; // What is wrong in ten thousand containers would bury what is wrong first of all.
        }
        // S9: an empty declaration would make every container an unexpected one, or every instance conformant.
        problems.require(
                spec.getContainersCount() > 0,
                "spec.containers",
                "must list at least one container; nothing is concluded from an empty declaration");
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < spec.getContainersCount(); i++) {
            container(spec.getContainers(i), "spec.containers[" + i + "]", platform, names);
        }
        problems.require(
                platform == Platform.K8S || spec.getContainersCount() <= 1,
                "spec.containers",
                "must be one entry, named 'ami', on AWS");
        for (int i = 0; i < spec.getInjectedCount(); i++) {
            String path = "spec.injected[" + i + "]";
            String name = spec.getInjected(i);
            problems.require(!name.isEmpty(), path, "must be a container's name");
            String other = names.putIfAbsent(name, path);
            problems.require(other == null, path, "'" + name + "' is already at " + other);
        }
        new RemediationRules(problems, "spec.remediation").check(spec.getRemediation());
        if (spec.getRemediation().getRestoreTemplate().getEnabled()) {
            restorable(spec, platform);
        }
    }

    private boolean size(DeclarationSpec spec) {
        atMost(spec.getContainersCount(), MOST_CONTAINERS, "spec.containers");
        atMost(spec.getInjectedCount(), MOST_CONTAINERS, "spec.injected");
        for (int i = 0; i < Math.min(spec.getContainersCount(), MOST_CONTAINERS); i++) {
            atMost(spec.getContainers(i).getDigestsCount(), MOST_DIGESTS, "spec.containers[" + i + "].digests");
        }
        problems.require(
                spec.getSerializedSize() <= LARGEST_SPEC,
                "spec",
                "is " + spec.getSerializedSize() + " bytes; at most " + LARGEST_SPEC
                        + " are taken, because a declaration and its earlier revisions are one record");
        return problems.list().stream().noneMatch(problem -> problem.getPath().startsWith("spec"));
    }

    private void atMost(int count, int most, String path) {
        problems.require(count <= most, path, "must have at most " + most + " entries, not " + count);
    }

    private void container(DeclaredContainer container, String path, Platform platform, Map<String, String> names) {
        String name = container.getName();
        boolean named = platform == Platform.K8S ? LABEL.matcher(name).matches() : name.equals(AMI_SLOT);
        problems.require(
                named,
                path + ".name",
                platform == Platform.K8S
                        ? "must be a container's name: up to 63 lower case letters, digits and '-', not '" + name + "'"
                        : "must be 'ami' on AWS, not '" + name + "'");
        String other = names.putIfAbsent(name, path + ".name");
        problems.require(other == null || name.isEmpty(), path + ".name", "'" + name + "' is already at " + other);
        type(container, path + ".type", platform);
        if (container.getImage().isEmpty() && container.getDigestsCount() == 0) {
            problems.add(
                    path + ".image",
                    "must be pinned by a digest (registry/repository@sha256:…), or 'digests' must list at least one");
        }
        if (platform == Platform.AWS) {
            machineImage(container, path);
        } else {
            image(container, path);
        }
    }

    private void type(DeclaredContainer container, String path, Platform platform) {
        switch (container.getType()) {
            case TYPE_UNSPECIFIED -> {}
            case APP, INIT ->
                problems.require(platform == Platform.K8S, path, "must be AMI on AWS, not " + container.getType());
            case AMI -> problems.require(platform == Platform.AWS, path, "must be APP or INIT on Kubernetes, not AMI");
            case UNRECOGNIZED -> problems.add(path, "must be APP, INIT or AMI");
        }
    }

    private void image(DeclaredContainer container, String path) {
        if (!container.getImage().isEmpty()) {
            try {
                boolean pinned = ImageReference.parse(container.getImage()).pinned();
                problems.require(
                        pinned || container.getDigestsCount() > 0,
                        path + ".image",
                        "'" + container.getImage() + "' names a tag, which may be pushed again: pin it"
                                + " (registry/repository:tag@sha256:…), or list 'digests'");
            } catch (IllegalArgumentException e) {
                problems.add(path + ".image", String.valueOf(e.getMessage()));
            }
        }
        for (int i = 0; i < container.getDigestsCount(); i++) {
            problems.require(
                    isDigest(container.getDigests(i)),
                    path + ".digests[" + i + "]",
                    "must be 'sha256:' and 64 hexadecimal digits in lower case, not '" + container.getDigests(i) + "'");
        }
        problems.require(
                container.getUserDataSha256().isEmpty(), path + ".userDataSha256", "has no meaning on Kubernetes");
    }

    private void machineImage(DeclaredContainer container, String path) {
        problems.require(
                container.getImage().isEmpty()
                        || AMI.matcher(container.getImage()).matches(),
                path + ".image",
                "must be an AMI id such as 'ami-0123456789abcdef0', not '" + container.getImage() + "'");
        for (int i = 0; i < container.getDigestsCount(); i++) {
            problems.require(
                    AMI.matcher(container.getDigests(i)).matches(),
                    path + ".digests[" + i + "]",
                    "must be an AMI id such as 'ami-0123456789abcdef0', not '" + container.getDigests(i) + "'");
        }
        problems.require(
                container.getUserDataSha256().isEmpty()
                        || SHA256.matcher(container.getUserDataSha256()).matches(),
                path + ".userDataSha256",
                "must be 64 hexadecimal digits in lower case");
    }

    /// A template is restored by writing every declared image into it, so every one must be known
    /// by name and digest.
    private void restorable(DeclarationSpec spec, Platform platform) {
        for (int i = 0; i < spec.getContainersCount(); i++) {
            String image = spec.getContainers(i).getImage();
            boolean known = platform == Platform.AWS ? !image.isEmpty() : image.contains("@");
            problems.require(
                    known,
                    "spec.containers[" + i + "].image",
                    "must be pinned (registry/repository:tag@sha256:…), because remediation.restoreTemplate is enabled");
        }
    }
}
