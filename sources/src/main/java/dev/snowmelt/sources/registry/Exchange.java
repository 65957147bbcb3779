package dev.snowmelt.sources.registry;

import dev.snowmelt.sources.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One request and its answer, bounded in size and time, with faults as sentences.
final class Exchange {
    /// The size that registries themselves refuse manifests above.
    static final int LARGEST = 4 * 1024 * 1024;

    private final HttpClient client;

    Exchange(HttpClient client) {
        this.client = client;
    }

    HttpResponse<byte[]> send(String registry, HttpRequest.Builder builder, Deadline deadline)
            throws RegistryException {
        HttpRequest request = builder.header("User-Agent", "snowmelt").build();
        // The request's own timeout ends with the headers; a body may drip for ever.
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
        try {
            return answer.get(deadline.leftMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw unreachable(
                    registry, "did not answer within " + deadline.whole().toSeconds() + " s");
        } catch (ExecutionException e) {
            throw fault(registry, request, e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw unreachable(registry, "was not waited for");
        } finally {
            answer.cancel(true);
        }
    }

    private static RegistryException fault(String registry, HttpRequest request, @Nullable Throwable cause) {
        String where = request.uri().getAuthority();
        String at = where.equals(registry) ? "" : " at " + where;
        for (Throwable each = cause; each != null; each = each.getCause()) {
            switch (each) {
                case SSLException tls -> {
                    return unreachable(
                            registry,
                            "was reached" + at + ", but not over TLS that this Java trusts (" + tls.getMessage()
                                    + "): import its certificate, or give --insecure if it is a plain one on this machine");
                }
                case HttpConnectTimeoutException _ -> {
                    return unreachable(
                            registry,
                            "did not take a connection" + at
                                    + " in time: is a firewall between, or does it speak no TLS (--insecure, on loopback addresses"
                                    + " only)?");
                }
                case HttpTimeoutException _ -> {
                    return unreachable(registry, "did not answer" + at + " in time");
                }
                case UnresolvedAddressException _ -> {
                    return unreachable(registry, "has no address that is known here" + at + ": check the name");
                }
                case ConnectException _ -> {
                    return unreachable(registry, "refused the connection" + at + ": does it run there?");
                }
                case IOException io
                when String.valueOf(io.getMessage()).contains("capacity") -> {
                    return new RegistryException(
                            Kind.UNUSABLE,
                            "The registry " + registry + " answered with more than " + LARGEST / 1024 / 1024
                                    + " MiB, which is no manifest.");
                }
                default -> {}
            }
        }
        return unreachable(registry, "broke off" + at + " (" + cause + ")");
    }

    private static RegistryException unreachable(String registry, String what) {
        return new RegistryException(
                Kind.UNREACHABLE, "The registry " + registry + " " + what + (what.endsWith("?") ? "" : "."));
    }
}
