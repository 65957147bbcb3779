package dev.snowmelt.detector.topology;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;

/// Record and store keys as UTF-8: cutting and joining ids without parsing them.
final class Keys {
    private Keys() {}

    /// `workload|instance`.
    static byte[] instance(byte[] workload, ByteString instance) {
        byte[] key = Arrays.copyOf(workload, workload.length + 1 + instance.size());
        key[workload.length] = '|';
        instance.copyTo(key, workload.length + 1);
        return key;
    }

    /// `workload|`: the key of the workload's own verdict, and what the keys of its instances begin
    /// with.
    static byte[] instancesOf(byte[] workload) {
        byte[] key = Arrays.copyOf(workload, workload.length + 1);
        key[workload.length] = '|';
        return key;
    }

    /// The workload in `workload|instance`.
    static byte[] workloadIn(byte[] instanceKey) {
        return Arrays.copyOf(instanceKey, bar(instanceKey));
    }

    /// The instance in `workload|instance`.
    static String instanceIn(byte[] instanceKey) {
        int start = bar(instanceKey) + 1;
        return new String(instanceKey, start, instanceKey.length - start, StandardCharsets.UTF_8);
    }

    /// What the keys of all workloads of a target begin with.
    static byte[] workloadsOf(String target) {
        return utf8(target + "/");
    }

    /// How many bytes of a key are its target: up to the first `/` or `|`.
    static int targetLength(byte[] key) {
        for (int i = 0; i < key.length; i++) {
            if (key[i] == '/' || key[i] == '|') {
                return i;
            }
        }
        return key.length;
    }

    /// The partition of the first bytes of a key, by Kafka's own rule.
    static int partition(byte[] key, int length, int partitions) {
        byte[] part = length == key.length ? key : Arrays.copyOf(key, length);
        return Utils.toPositive(Utils.murmur2(part)) % partitions;
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// True when these bytes are ASCII alone.
    static boolean ascii(byte[] text, int from, int to) {
        int any = 0;
        for (int i = from; i < to; i++) {
            any |= text[i];
        }
        return any >= 0;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static int bar(byte[] instanceKey) {
        for (int i = 0; i < instanceKey.length; i++) {
            if (instanceKey[i] == '|') {
                return i;
            }
        }
        throw new IllegalArgumentException("no key of an instance: " + text(instanceKey));
    }
}
