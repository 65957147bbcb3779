package dev.snowmelt.remediator.execute.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Requests to one API server, through fabric8's HTTP client (so with its authentication) but one at a time and with
/// the
/// whole answer: its typed calls hide `Retry-After` and whether a request was sent.
///
/// Never repeats a request that may have been carried out. fabric8 repeats 429, 5xx and I/O failures up to
/// `requestRetryBackoffLimit` times, so that must be 0; what is left is one repetition after 401 with a refreshed
/// token, and 401 means that nothing was done.
final class KubernetesApi {
    private static final int LONGEST_MESSAGE = 300;

    private final KubernetesClient client;
    private final HttpClient http;
    private final String address;
    private final Duration timeout;

    /// @param timeout how long a call may take, connecting included
    /// @throws IllegalArgumentException when the client would repeat requests by itself
    KubernetesApi(KubernetesClient client, Duration timeout) {
        Integer retries = client.getConfiguration().getRequestRetryBackoffLimit();
        if (retries == null || retries != 0) {
            throw new IllegalArgumentException("a client that repeats requests by itself (requestRetryBackoffLimit "
                    + retries + ") must not terminate anything: set it to 0");
        }
        this.client = client;
        this.http = client.getHttpClient();
        String url = client.getMasterUrl().toString();
        this.address = url.endsWith("/") ? url : url + "/";
        this.timeout = timeout;
    }

    ApiResult get(ApiCall call) {
        return send(request(call).build());
    }

    ApiResult post(ApiCall call, Object body) {
        return send(request(call)
                .post("application/json", json(body).getBytes(StandardCharsets.UTF_8))
                .build());
    }

    /// @param manager who is noted in the object's managed fields
    ApiResult patchStrategically(ApiCall call, Object patch, String manager) {
        return send(http.newHttpRequestBuilder()
                .uri(address + call.path() + "?fieldManager=" + manager)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .patch("application/strategic-merge-patch+json", json(patch))
                .build());
    }

    /// @throws KubernetesClientException when the body is no such object
    <T> T read(ApiResult.Ok ok, Class<T> type) {
        return client.getKubernetesSerialization().unmarshal(ok.body(), type);
    }

    private HttpRequest.Builder request(ApiCall call) {
        return http.newHttpRequestBuilder()
                .uri(address + call.path())
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private String json(Object body) {
        return client.getKubernetesSerialization().asJson(body);
    }

    private ApiResult send(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> answer;
        try {
            answer = http.sendAsync(request, byte[].class);
        } catch (IllegalStateException e) {
            return new ApiResult.NotSent("client is closed: " + e.getMessage());
        }
        try {
            // The client's own timeout should come first; this one is the hard one.
            return result(answer.get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            answer.cancel(true);
            return new ApiResult.NoAnswer("no answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException _) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new ApiResult.NoAnswer("stopped while waiting for the answer");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return wasNotSent(cause)
                    ? new ApiResult.NotSent("cannot connect: " + innermost(cause))
                    : new ApiResult.NoAnswer("connection lost: " + innermost(cause));
        }
    }

    private ApiResult result(HttpResponse<byte[]> response) {
        String body = response.body() == null ? "" : new String(response.body(), StandardCharsets.UTF_8);
        if (response.isSuccessful()) {
            return new ApiResult.Ok(body);
        }
        Status status = status(body);
        String message = status == null || status.getMessage() == null ? body : status.getMessage() + causes(status);
        String shortened = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "…" : message;
        return new ApiResult.Refused(
                response.code(),
                status,
                shortened.isBlank() ? "HTTP " + response.code() : shortened.strip(),
                retryAfter(response, status));
    }

    // Which disruption budget refuses, and why, stands in a cause alone.
    private static String causes(Status status) {
        if (status.getDetails() == null || status.getDetails().getCauses() == null) {
            return "";
        }
        return status.getDetails().getCauses().stream()
                .map(cause -> cause.getMessage())
                .filter(message -> message != null && !message.isBlank())
                .filter(message -> !status.getMessage().contains(message))
                .map(message -> " " + message)
                .collect(Collectors.joining());
    }

    private @Nullable Status status(String body) {
        if (!body.startsWith("{")) {
            return null;
        }
        try {
            Status status = client.getKubernetesSerialization().unmarshal(body, Status.class);
            return "Status".equals(status.getKind()) ? status : null;
        } catch (KubernetesClientException | IllegalArgumentException _) {
            return null;
        }
    }

    // RFC 9110 also knows a date; API servers send seconds.
    private static @Nullable Duration retryAfter(HttpResponse<?> response, @Nullable Status status) {
        String header = response.header("Retry-After");
        if (header != null) {
            try {
                return Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip())));
            } catch (NumberFormatException _) {
                return null;
            }
        }
        return Optional.ofNullable(status)
                .map(Status::getDetails)
                .map(details -> details.getRetryAfterSeconds())
                .filter(seconds -> seconds > 0)
                .map(Duration::ofSeconds)
                .orElse(null);
    }

    private static boolean wasNotSent(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof ConnectException
                    || t instanceof UnknownHostException
                    || t instanceof SSLHandshakeException) {
                return true;
            }
        }
        return false;
    }

    private static String innermost(Throwable failure) {
        Throwable t = failure;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
    }
}
