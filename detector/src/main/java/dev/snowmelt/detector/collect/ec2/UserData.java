package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.fingerprint.ec2.AwsFault;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.Instance;

/// Hashes of user data, each asked for once: it can only be changed while an instance is stopped,
/// and starting it gives it another launch time. Kept for every instance, some 200 bytes each, and
/// only where it is switched on. Thread-safe.
final class UserData {
    private record Known(Instant launched, String sha256) {}

    private final boolean on;
    private final Ec2Reads reads;
    private final Map<String, Known> known = new HashMap<>();

    UserData(boolean on, Ec2Reads reads) {
        this.on = on;
        this.reads = reads;
    }

    /// Empty: it is not looked at, or cannot be told now: the instance is about to go, or stopped,
    /// so that it may still change.
    String sha256(Instance instance) throws LookException {
        Instant launched = instance.launchTime();
        if (!on || launched == null || instance.state() == null || !isSettled(instance)) {
            return "";
        }
        String before = remembered(instance.instanceId(), launched);
        if (before != null) {
            return before;
        }
        try {
            String sha256 = reads.userDataSha256(instance.instanceId());
            synchronized (known) {
                known.put(instance.instanceId(), new Known(launched, sha256));
            }
            return sha256;
        } catch (AwsException e) {
            if (e.fault().kind() == AwsFault.Kind.NOT_FOUND) {
                return "";
            }
            throw e;
        }
    }

    /// The instance is terminated.
    void forget(String instance) {
        synchronized (known) {
            known.remove(instance);
        }
    }

    /// A list has told all instances.
    void keep(Predicate<String> exists) {
        synchronized (known) {
            known.keySet().removeIf(instance -> !exists.test(instance));
        }
    }

    private @Nullable String remembered(String instance, Instant launched) {
        synchronized (known) {
            Known before = known.get(instance);
            return before != null && before.launched.equals(launched) ? before.sha256 : null;
        }
    }

    private static boolean isSettled(Instance instance) {
        return switch (instance.state().name()) {
            case PENDING, RUNNING -> true;
            case SHUTTING_DOWN, TERMINATED, STOPPING, STOPPED, UNKNOWN_TO_SDK_VERSION -> false;
        };
    }
}
