package dev.snowmelt.schemas.id;

/// One pod (`k8s:prod-eu/shop/pod/cart-7d9f-x2x4l/<uid>`) or one EC2 instance (`aws:123456789012:eu-west-1/i-0abc`).
///
/// @param target where it lives
/// @param namespace the pod's namespace; empty on AWS
/// @param name the pod's name, or the EC2 instance id
/// @param uid the pod's UID; empty on AWS, where the name is never used twice
public record InstanceId(TargetId target, String namespace, String name, String uid) implements Comparable<InstanceId> {
    private static final String EXPECTED =
            "an instance such as 'k8s:prod-eu/shop/pod/cart-7d9f-x2x4l/<uid>' or 'aws:123456789012:eu-west-1/i-0abc'";

    /// @throws MalformedIdException when a part is empty or does not fit the platform
    public InstanceId {
        boolean pod = target.platform() == TargetId.Platform.K8S;
        if (!Segments.isPlain(name) || (pod && (!Segments.isPlain(namespace) || !Segments.isPlain(uid)))) {
            throw new MalformedIdException(target + "/" + namespace + "/" + name + "/" + uid, EXPECTED);
        }
        if (!pod && !(namespace.isEmpty() && uid.isEmpty() && name.startsWith("i-"))) {
            throw new MalformedIdException(target + "/" + name, EXPECTED);
        }
    }

    /// A pod.
    public static InstanceId pod(TargetId target, String namespace, String name, String uid) {
        return new InstanceId(target, namespace, name, uid);
    }

    /// @throws MalformedIdException when the text is no instance
    public static InstanceId parse(String text) {
        String[] parts = text.split("/", -1);
        TargetId target = TargetId.parse(parts[0]);
        if (target.platform() == TargetId.Platform.K8S && parts.length == 5 && parts[2].equals("pod")) {
            return new InstanceId(target, parts[1], parts[3], parts[4]);
        }
        if (target.platform() == TargetId.Platform.AWS && parts.length == 2) {
            return new InstanceId(target, "", parts[1], "");
        }
        throw new MalformedIdException(text, EXPECTED);
    }

    @Override
    public int compareTo(InstanceId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return uid.isEmpty() ? target + "/" + name : target + "/" + namespace + "/pod/" + name + "/" + uid;
    }
}
