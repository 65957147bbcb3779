package dev.snowmelt.detector.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.WorkloadStatus;
import org.apache.kafka.common.errors.SerializationException;

/// Reads again what was read once and stored as it came.
final class Observations {
    private Observations() {}

    static ImageFacet image(byte[] stored) {
        return parse(stored).getInstance().getImage();
    }

    static ContentFacet content(byte[] stored) {
        return parse(stored).getInstance().getContent();
    }

    static WorkloadStatus status(byte[] stored) {
        return parse(stored).getWorkload();
    }

    static Observation parse(byte[] stored) {
        try {
            return Observation.parseFrom(stored);
        } catch (InvalidProtocolBufferException e) {
            throw new SerializationException("a stored observation cannot be read: " + e.getMessage(), e);
        }
    }
}
