package dev.snowmelt.sandbox.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// Pushes small images to one repository, by the distribution protocol.
public final class ImagePusher implements AutoCloseable {
    /// Media types of the OCI image specification.
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

    /// See [#OCI_INDEX].
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    /// Media types of Docker's schema 2.
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// See [#DOCKER_LIST].
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private final HttpClient client = HttpClient.newHttpClient();
    private final RegistryProcess registry;
    private final String repository;

    public ImagePusher(RegistryProcess registry, String repository) {
        this.registry = registry;
        this.repository = repository;
    }

    /// An image that was pushed.
    ///
    /// @param digest of its manifest
    /// @param config digest of its config
    public record Image(String digest, String config, String mediaType, int size) {}

    /// An entry of an index.
    ///
    /// @param platform `linux/amd64`; `unknown/unknown` for an attestation
    public record Entry(Image image, String platform) {}

    /// Pushes an OCI image.
    ///
    /// @param ref tag; empty: only its digest names it
    /// @param config what its config says: images with the same text have the same config
    /// @param note an annotation, so that one config may have several manifests
    public Image image(String ref, String config, String note) {
        return image(ref, config, note, OCI_MANIFEST);
    }

    /// Pushes an image of a media type.
    public Image image(String ref, String config, String note, String mediaType) {
        String configuration = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"comment\":\"" + config + "\"}";
        String configDigest = blob(configuration);
        String layer = blob("layer of " + config);
        boolean oci = mediaType.equals(OCI_MANIFEST);
        String manifest = """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","size":%d,"digest":"%s"},\
                "layers":[{"mediaType":"%s","size":%d,"digest":"%s"}]%s}""".formatted(
                mediaType,
                oci ? "application/vnd.oci.image.config.v1+json" : "application/vnd.docker.container.image.v1+json",
                configuration.length(),
                configDigest,
                oci
                        ? "application/vnd.oci.image.layer.v1.tar+gzip"
                        : "application/vnd.docker.image.rootfs.diff.tar.gzip",
                ("layer of " + config).length(),
                layer,
                oci ? ",\"annotations\":{\"note\":\"" + note + "\"}" : "");
        return new Image(manifest(ref, mediaType, manifest), configDigest, mediaType, manifest.length());
    }

    /// Pushes an index.
    ///
    /// @param ref tag; empty: only its digest names it
    /// @return its digest
    public String index(String ref, Entry... entries) {
        return index(ref, OCI_INDEX, entries);
    }

    /// Pushes an index of a media type.
    public String index(String ref, String mediaType, Entry... entries) {
        String list = List.of(entries).stream()
                .map(entry -> {
                    String[] platform = entry.platform().split("/", 2);
                    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}}"
                            .formatted(
                                    entry.image().mediaType(),
                                    entry.image().digest(),
                                    entry.image().size(),
                                    platform[0],
                                    platform[1]);
                })
                .collect(Collectors.joining(","));
        return manifest(
                ref,
                mediaType,
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}".formatted(mediaType, list));
    }

    /// Deletes what a digest names, as a retention policy does.
    public void delete(String digest) {
        expect(202, request("/v2/" + repository + "/manifests/" + digest).DELETE());
    }

    private String blob(String content) {
        HttpResponse<String> upload =
                expect(202, request("/v2/" + repository + "/blobs/uploads/").POST(BodyPublishers.noBody()));
        String location = upload.headers().firstValue("location").orElseThrow();
        String digest = digest(content);
        String separator = location.indexOf('?') < 0 ? "?" : "&";
        expect(
                201,
                request(location + separator + "digest=" + digest)
                        .header("Content-Type", "application/octet-stream")
                        .PUT(body(content)));
        return digest;
    }

    private String manifest(String ref, String mediaType, String content) {
        String digest = digest(content);
        expect(
                201,
                request("/v2/" + repository + "/manifests/" + (ref.isEmpty() ? digest : ref))
                        .header("Content-Type", mediaType)
                        .PUT(body(content)));
        return digest;
    }

    private HttpRequest.Builder request(String path) {
        String login = RegistryProcess.USER + ":" + RegistryProcess.PASSWORD;
        return HttpRequest.newBuilder(URI.create("http://" + registry.name()).resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }

    private static BodyPublisher body(String content) {
        return BodyPublishers.ofString(content, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> expect(int status, HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != status) {
                throw new IllegalStateException(response + ": " + response.body());
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while pushing", e);
        }
    }

    private static String digest(String content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
