package dev.snowmelt.detector.collect.kubernetes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.snowmelt.detector.collect.kubernetes.WatchEvent.Added;
import dev.snowmelt.detector.collect.kubernetes.WatchEvent.Bookmark;
import dev.snowmelt.detector.collect.kubernetes.WatchEvent.Deleted;
import dev.snowmelt.detector.collect.kubernetes.WatchEvent.Modified;
import dev.snowmelt.detector.collect.kubernetes.WatchEvent.Unreadable;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads lists and watches of the API server one object at a time.
final class ApiJson {
    /// Marks the bookmark behind the last object of a streamed list (KEP-3157).
    static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

    /// The end of one page.
    ///
    /// @param next continue token; empty: this was the last page
    record Page(String resourceVersion, String next) {}

    // What nobody here reads is skipped instead of made into objects: half the time of a list. Whoever reads
    // more of a pod or a template takes it out of these. managedFields alone are often half of an object.

    @JsonIgnoreProperties({"generateName", "managedFields", "selfLink"})
    private interface LeanMetadata {}

    @JsonIgnoreProperties({
        "affinity",
        "dnsConfig",
        "dnsPolicy",
        "enableServiceLinks",
        "hostAliases",
        "imagePullSecrets",
        "nodeSelector",
        "overhead",
        "preemptionPolicy",
        "priority",
        "readinessGates",
        "resourceClaims",
        "resources",
        "restartPolicy",
        "schedulingGates",
        "schedulerName",
        "securityContext",
        "serviceAccount",
        "serviceAccountName",
        "terminationGracePeriodSeconds",
        "tolerations",
        "topologySpreadConstraints"
    })
    private interface LeanPodSpec {}

    @JsonIgnoreProperties({
        "args",
        "command",
        "env",
        "envFrom",
        "imagePullPolicy",
        "lifecycle",
        "livenessProbe",
        "ports",
        "readinessProbe",
        "resizePolicy",
        "resources",
        "securityContext",
        "startupProbe",
        "terminationMessagePath",
        "terminationMessagePolicy",
        "volumeDevices",
        "volumeMounts"
    })
    private interface LeanContainer {}

    @JsonIgnoreProperties({"configMap", "csi", "downwardAPI", "emptyDir", "hostPath", "nfs", "projected", "secret"})
    private interface LeanVolume {}

    @JsonIgnoreProperties({
        "hostIP",
        "hostIPs",
        "message",
        "podIP",
        "podIPs",
        "qosClass",
        "reason",
        "resize",
        "resourceClaimStatuses",
        "startTime"
    })
    private interface LeanPodStatus {}

    @JsonIgnoreProperties({
        "allocatedResources",
        "allocatedResourcesStatus",
        "containerID",
        "image",
        "lastState",
        "ready",
        "resources",
        "restartCount",
        "started",
        "state",
        "user",
        "volumeMounts"
    })
    private interface LeanContainerStatus {}

    @JsonIgnoreProperties({"lastProbeTime", "lastTransitionTime", "message", "observedGeneration", "reason"})
    private interface LeanCondition {}

    private final JsonMapper mapper = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // Behind one event the next one has not come yet: looking for it would hold back the first.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addMixIn(ObjectMeta.class, LeanMetadata.class)
            .addMixIn(PodSpec.class, LeanPodSpec.class)
            .addMixIn(Container.class, LeanContainer.class)
            .addMixIn(EphemeralContainer.class, LeanContainer.class)
            .addMixIn(Volume.class, LeanVolume.class)
            .addMixIn(PodStatus.class, LeanPodStatus.class)
            .addMixIn(ContainerStatus.class, LeanContainerStatus.class)
            .addMixIn(PodCondition.class, LeanCondition.class)
            .build();

    JsonParser parser(InputStream in) throws IOException {
        try {
            return mapper.createParser(in);
        } catch (JacksonException e) {
            throw unwrap(e);
        }
    }

    /// Reads one object that is the whole answer.
    <T> T read(InputStream in, Class<T> type) throws IOException {
        try (JsonParser parser = parser(in)) {
            return mapper.readerFor(type).readValue(parser);
        } catch (JacksonException e) {
            throw unwrap(e);
        }
    }

    /// The message of a Status; empty when the text is none.
    String readStatusMessage(String text) {
        try {
            String message = mapper.readValue(text, Status.class).getMessage();
            return message == null ? "" : message;
        } catch (JacksonException _) {
            return "";
        }
    }

    /// Reads a list and tells its items.
    <T extends HasMetadata> Page readPage(InputStream in, Class<T> type, ApiClient.Each<T> each)
            throws IOException, ApiException {
        String resourceVersion = "";
        String next = "";
        try (JsonParser parser = parser(in)) {
            expectObject(parser.nextToken());
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("metadata")) {
                    JsonNode metadata = mapper.readTree(parser);
                    resourceVersion = metadata.path("resourceVersion").asString("");
                    next = metadata.path("continue").asString("");
                } else if (name.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        each.accept(readItem(parser, type));
                    }
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw new IOException("the list ends in its middle");
            }
            return new Page(resourceVersion, next);
        } catch (JacksonException e) {
            throw unwrap(e);
        }
    }

    private <T extends HasMetadata> WatchEvent<T> readItem(JsonParser parser, Class<T> type) {
        int depth = parser.streamReadContext().getNestingDepth();
        try {
            return new Added<T>(mapper.readerFor(type).readValue(parser));
        } catch (DatabindException e) {
            leaveObject(parser, depth);
            return new Unreadable<>(String.valueOf(e.getOriginalMessage()));
        }
    }

    /// Reads the next event of a watch.
    ///
    /// @return null at the end
    <T extends HasMetadata> @Nullable WatchEvent<T> readEvent(JsonParser parser, ApiResource<T> resource)
            throws ApiException, IOException {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            expectObject(first);
            String type = "";
            WatchEvent<T> event = null;
            JsonNode early = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "type" -> type = parser.getString();
                    case "object" -> {
                        if (type.isEmpty()) {
                            early = mapper.readTree(parser);
                        } else {
                            event = readObject(type, parser, resource);
                        }
                    }
                    default -> parser.skipChildren();
                }
            }
            if (event == null && early != null) {
                try (JsonParser tokens = mapper.treeAsTokens(early)) {
                    tokens.nextToken();
                    event = readObject(type, tokens, resource);
                }
            }
            return event == null ? new Unreadable<>("a watch event without an object") : event;
        } catch (JacksonException e) {
            throw unwrap(e);
        }
    }

    private <T extends HasMetadata> WatchEvent<T> readObject(String type, JsonParser parser, ApiResource<T> resource)
            throws ApiException, IOException {
        int depth = parser.streamReadContext().getNestingDepth();
        try {
            if (type.equals("ERROR")) {
                Status status = mapper.readerFor(Status.class).readValue(parser);
                int code = status.getCode() == null ? 500 : status.getCode();
                String said = status.getMessage() == null ? "" : status.getMessage();
                ApiException refused =
                        ApiErrors.refused(code, "go on watching " + resource.plural(), "list and watch", said);
                if (refused.why() == ApiException.Cause.EXPIRED) {
                    throw refused;
                }
                // Any other error is only the end of this watch: the next request tells whether something
                // is wrong.
                throw new IOException(refused.getMessage());
            }
            T object = mapper.readerFor(resource.type()).readValue(parser);
            return switch (type) {
                case "ADDED" -> new Added<>(object);
                case "MODIFIED" -> new Modified<>(object);
                case "DELETED" -> new Deleted<>(object);
                case "BOOKMARK" -> bookmark(object.getMetadata());
                default -> new Unreadable<>("a watch event of type '" + type + "'");
            };
        } catch (DatabindException e) {
            leaveObject(parser, depth);
            return new Unreadable<>(String.valueOf(e.getOriginalMessage()));
        }
    }

    private static <T extends HasMetadata> Bookmark<T> bookmark(ObjectMeta metadata) {
        boolean listed = metadata.getAnnotations() != null
                && "true".equals(metadata.getAnnotations().get(INITIAL_EVENTS_END));
        return new Bookmark<>(metadata.getResourceVersion(), listed);
    }

    /// Skips what is left of an object that could not be mapped.
    private static void leaveObject(JsonParser parser, int depth) {
        while (parser.streamReadContext().getNestingDepth() >= depth && parser.nextToken() != null) {
            // each step goes towards the object's end
        }
    }

    private static void expectObject(@Nullable JsonToken token) throws IOException {
        if (token != JsonToken.START_OBJECT) {
            throw new IOException("expected a JSON object");
        }
    }

    private static IOException unwrap(JacksonException e) {
        if (e instanceof JacksonIOException && e.getCause() instanceof IOException cause) {
            return cause;
        }
        return e instanceof StreamReadException
                ? new IOException("not JSON, or cut off: " + e.getOriginalMessage(), e)
                : new IOException(e.getOriginalMessage(), e);
    }
}
