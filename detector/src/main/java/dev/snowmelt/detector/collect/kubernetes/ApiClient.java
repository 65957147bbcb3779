package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.Problems;
import dev.snowmelt.detector.collect.kubernetes.ApiException.Cause;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Streaming GETs over fabric8's HTTP client, so that its configuration, TLS and token refresh
/// apply.
///
/// fabric8's own lists hold every object of a page at once, and its watches reconnect by themselves
/// and keep the reason of a refused reconnect from the caller; here a list is read one object at a
/// time, and whoever watches learns of every end.
final class ApiClient {
    /// Is told the objects of a list.
    interface Each<T extends HasMetadata> {
        void accept(WatchEvent<T> event) throws ApiException;
    }

    private static final int PAGE = 500;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    /// The server ends a streamed list after this if it has not come to the end.
    private static final int STREAMED_LIST_SECONDS = 600;
    /// Bounds of a watch's life in seconds; client-go uses the same, so that not all watches end
    /// together.
    private static final int WATCH_SECONDS_FROM = 300;

    private static final int WATCH_SECONDS_TO = 600;
    private static final int ERROR_BODY_BYTES = 16 * 1024;

    private final HttpClient http;
    private final String root;
    private final Duration patience;
    private final ApiJson json = new ApiJson();
    private volatile boolean streamedLists = true;

    /// @param patience how long a watch or list may be silent before its connection counts as dead
    ApiClient(KubernetesClient client, Duration patience) {
        RequestConfig once = new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                .withRequestRetryBackoffLimit(0)
                .build();
        this.http = client.getHttpClient().newBuilder().tag(once).build();
        this.root = client.getMasterUrl().toString();
        this.patience = patience;
    }

    /// Where the API server is.
    String server() {
        return root;
    }

    /// Tells every object that exists now, by a consistent read, one at a time. While a streamed
    /// list is read, objects may already change: then the change is told too.
    ///
    /// @return the resourceVersion from which a watch continues without a gap
    /// @throws ApiException EXPIRED when the server forgot the list while its pages were read
    <T extends HasMetadata> String list(ApiResource<T> resource, @Nullable String namespace, Each<T> each)
            throws ApiException {
        if (streamedLists) {
            try {
                return streamedList(resource, namespace, each);
            } catch (ApiException e) {
                if (e.why() != Cause.UNSUPPORTED) {
                    throw e;
                }
                streamedLists = false;
            }
        }
        return pagedList(resource, namespace, each);
    }

    private <T extends HasMetadata> String streamedList(
            ApiResource<T> resource, @Nullable String namespace, Each<T> each) throws ApiException {
        String query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
                + "&timeoutSeconds=" + STREAMED_LIST_SECONDS;
        try (EventReader<T> events = new EventReader<>(open("list", resource, namespace, query), resource, json)) {
            while (true) {
                WatchEvent<T> event = events.next();
                if (event instanceof WatchEvent.Bookmark<T>(String resourceVersion, boolean listed)) {
                    if (listed) {
                        return resourceVersion;
                    }
                } else if (event == null) {
                    throw new ApiException(
                            Cause.INTERRUPTED,
                            "the list of " + resource.describe(namespace) + " ended before it was complete");
                } else {
                    each.accept(event);
                }
            }
        } catch (IOException e) {
            // A server that ignores the parameters never says that the list has ended.
            throw e instanceof ResponseStream.SilenceException
                    ? new ApiException(Cause.UNSUPPORTED, "no end of the streamed list came", e)
                    : broken("list", resource, namespace, e);
        }
    }

    private <T extends HasMetadata> String pagedList(ApiResource<T> resource, @Nullable String namespace, Each<T> each)
            throws ApiException {
        String token = "";
        while (true) {
            String query = "limit=" + PAGE + (token.isEmpty() ? "" : "&continue=" + HttpRequest.formURLEncode(token));
            try (ResponseStream body = open("list", resource, namespace, query)) {
                ApiJson.Page page = json.readPage(body, resource.type(), each);
                if (page.resourceVersion().isEmpty()) {
                    throw new ApiException(
                            Cause.OTHER, "the list of " + resource.describe(namespace) + " has no resourceVersion");
                }
                if (page.next().isEmpty()) {
                    return page.resourceVersion();
                }
                token = page.next();
            } catch (IOException e) {
                throw broken("list", resource, namespace, e);
            }
        }
    }

    /// Opens a watch that tells what happens after a resourceVersion.
    ///
    /// @throws ApiException EXPIRED when the server no longer knows that resourceVersion
    <T extends HasMetadata> EventReader<T> watch(
            ApiResource<T> resource, @Nullable String namespace, String resourceVersion) throws ApiException {
        int seconds = ThreadLocalRandom.current().nextInt(WATCH_SECONDS_FROM, WATCH_SECONDS_TO);
        String query = "watch=true&allowWatchBookmarks=true&resourceVersion="
                + HttpRequest.formURLEncode(resourceVersion) + "&timeoutSeconds=" + seconds;
        return new EventReader<>(open("watch", resource, namespace, query), resource, json);
    }

    /// Looks at one object.
    <T extends HasMetadata> Optional<T> get(ApiResource<T> resource, String namespace, String name)
            throws ApiException {
        String path = resource.path(namespace) + "/" + name;
        try (ResponseStream body = open("get", path, "get " + resource.describe(namespace), "get")) {
            return Optional.of(json.read(body, resource.type()));
        } catch (IOException e) {
            throw broken("get", resource, namespace, e);
        } catch (ApiException e) {
            if (e.why() == Cause.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private <T extends HasMetadata> ResponseStream open(
            String verb, ApiResource<T> resource, @Nullable String namespace, String query) throws ApiException {
        String path = resource.path(namespace) + "?" + query;
        return open(verb, path, verb + " " + resource.describe(namespace), "list and watch");
    }

    private ResponseStream open(String verb, String path, String deed, String grant) throws ApiException {
        var stream = new ResponseStream(patience);
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(URI.create(root + path))
                .header("Accept", "application/json")
                .forStreaming()
                .build();
        CompletableFuture<HttpResponse<AsyncBody>> answer = http.consumeBytes(request, stream::accept);
        try {
            HttpResponse<AsyncBody> response = answer.get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            stream.begin(response.body());
            if (!response.isSuccessful()) {
                throw refused(response.code(), deed, grant, stream);
            }
            return stream;
        } catch (ExecutionException e) {
            throw unreachable(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new ApiException(
                    Cause.UNREACHABLE,
                    "the API server at " + root + " did not answer a " + verb + " within " + ANSWER_WITHIN.toSeconds()
                            + " s",
                    e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new ApiException(Cause.INTERRUPTED, "interrupted", e);
        }
    }

    private ApiException refused(int code, String deed, String grant, ResponseStream body) {
        String said;
        try (body) {
            said = json.readStatusMessage(new String(body.readNBytes(ERROR_BODY_BYTES), StandardCharsets.UTF_8));
        } catch (IOException _) {
            said = "";
        }
        return ApiErrors.refused(code, deed, grant, said);
    }

    private ApiException unreachable(Throwable error) {
        return new ApiException(
                Cause.UNREACHABLE,
                "cannot reach the API server at " + root + ": " + Problems.rootMessage(error),
                error);
    }

    private ApiException broken(String verb, ApiResource<?> resource, @Nullable String namespace, IOException error) {
        return new ApiException(
                Cause.INTERRUPTED,
                "the answer to " + verb + " " + resource.describe(namespace) + " broke off: "
                        + Problems.rootMessage(error),
                error);
    }
}
