package dev.snowmelt.sources.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads manifests of the OCI image specification and of Docker's schema 2.
///
/// A runtime must not read another image in the same bytes. Runtimes are written in Go, whose JSON
/// reader takes the last of equal keys and ignores case: what means something else that way is
/// refused.
final class ManifestParser {
    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    /// Images of one index; real ones have about twenty.
    private static final int MOST_CHILDREN = 200;

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    /// Every key that some runtime reads in a manifest, an index, or what they hold, found whatever
    /// its case is.
    private static final Map<String, String> KEYS = Arrays.stream(("schemaVersion mediaType artifactType config layers"
                            + " manifests subject annotations digest size urls data platform os os.version os.features"
                            + " architecture variant features name tag fsLayers blobSum history v1Compatibility"
                            + " signatures")
                    .split(" "))
            .collect(Collectors.toMap(
                    Function.identity(),
                    Function.identity(),
                    (one, _) -> one,
                    () -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER)));

    private ManifestParser() {}

    /// @param contentType media type of the answer, without parameters
    /// @throws IllegalArgumentException with what is wrong, as the end of a sentence
    static Manifest parse(String digest, String contentType, byte[] body) {
        JsonNode tree = tree(body);
        String said = tree.path("mediaType").asString("");
        String mediaType = said.isEmpty() ? contentType : said;
        boolean lists = tree.has("manifests");
        boolean describes = tree.has("config") || tree.has("layers");
        if (tree.path("schemaVersion").asInt(0) == 1
                || mediaType.startsWith("application/vnd.docker.distribution.manifest.v1")) {
            throw new IllegalArgumentException(
                    "is kept in Docker's retired schema 1: push it again with a current tool");
        }
        // One document read as both would have two meanings for one digest.
        if (lists == describes) {
            throw new IllegalArgumentException("is neither an image nor an index of images");
        }
        return switch (mediaType) {
            case OCI_INDEX, DOCKER_LIST -> index(digest, mediaType, tree, lists);
            case OCI_MANIFEST, DOCKER_MANIFEST -> image(digest, mediaType, tree, describes);
            default ->
                throw new IllegalArgumentException("is of the media type '" + mediaType + "', which is no image's");
        };
    }

    private static JsonNode tree(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (tree.isObject()) {
                demandExactKeys(tree);
                return tree;
            }
        } catch (JacksonException _) {
            // Said below; what Jackson says quotes the answer.
        }
        throw new IllegalArgumentException("is no JSON object, or one that names a key twice");
    }

    private static void demandExactKeys(JsonNode node) {
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            String known = KEYS.getOrDefault(property.getKey(), property.getKey());
            if (!known.equals(property.getKey())) {
                throw new IllegalArgumentException(
                        "has a key that is '" + known + "' but for its case: runtimes may read another image in it");
            }
            // The keys of annotations are anybody's, and their case counts for everybody.
            if (!known.equals("annotations")) {
                demandExactKeys(property.getValue());
            }
        }
        if (node.isArray()) {
            node.forEach(ManifestParser::demandExactKeys);
        }
    }

    private static Manifest index(String digest, String mediaType, JsonNode tree, boolean lists) {
        JsonNode entries = tree.path("manifests");
        if (!lists || !entries.isArray()) {
            throw new IllegalArgumentException("calls itself an index but lists nothing");
        }
        if (entries.size() > MOST_CHILDREN) {
            throw new IllegalArgumentException("lists " + entries.size() + " images; " + MOST_CHILDREN + " are read");
        }
        List<Manifest.Child> children = new ArrayList<>();
        for (JsonNode entry : entries) {
            Platform platform = platform(entry.path("platform"));
            if (isForNoPlatform(platform)) {
                continue;
            }
            children.add(new Manifest.Child(
                    digest(entry.path("digest"), "an entry"),
                    entry.path("mediaType").asString(""),
                    platform));
        }
        return new Manifest.Index(digest, mediaType, children);
    }

    // BuildKit keeps provenance and SBOMs beside the images, under the platform unknown/unknown, which no node has.
    // Nothing else tells what will not run: runtimes look at no annotation and at no artifactType, and an entry
    // without a platform fits every node.
    private static boolean isForNoPlatform(@Nullable Platform platform) {
        return platform != null
                && platform.os().equals("unknown")
                && platform.architecture().equals("unknown");
    }

    private static @Nullable Platform platform(JsonNode platform) {
        String os = platform.path("os").asString("");
        String architecture = platform.path("architecture").asString("");
        return os.isEmpty() && architecture.isEmpty()
                ? null
                : new Platform(os, architecture, platform.path("variant").asString(""));
    }

    private static Manifest image(String digest, String mediaType, JsonNode tree, boolean describes) {
        if (!describes) {
            throw new IllegalArgumentException("calls itself an image but has no config");
        }
        return new Manifest.Image(digest, mediaType, digest(tree.path("config").path("digest"), "its config"));
    }

    private static String digest(JsonNode node, String what) {
        String digest = node.asString("");
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("names no well-formed digest for " + what);
        }
        return digest;
    }
}
