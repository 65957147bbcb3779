package dev.snowmelt.sources.registry;

import dev.snowmelt.sources.registry.RegistryException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Registries that speak the OCI distribution protocol (and so Docker's registry protocol 2), over
/// HTTP. Reads manifests alone. What comes back for a digest is hashed and compared: neither a
/// registry nor a mirror is believed.
public final class HttpRegistry implements Registry, AutoCloseable {
    private static final String ACCEPT = String.join(
            ", ",
            ManifestParser.OCI_INDEX,
            ManifestParser.DOCKER_LIST,
            ManifestParser.OCI_MANIFEST,
            ManifestParser.DOCKER_MANIFEST);

    private final RegistrySettings settings;
    private final HttpClient client;
    private final Exchange exchange;
    private final Logins logins;

    /// Opens nothing until it is asked. A proxy is taken from the system properties
    /// `https.proxyHost`, `https.proxyPort` and `http.nonProxyHosts`.
    public HttpRegistry(RegistrySettings settings) {
        this.settings = settings;
        client = HttpClient.newBuilder()
                .connectTimeout(settings.connect())
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
        exchange = new Exchange(client);
        logins = new Logins(exchange, settings);
    }

    @Override
    public Manifest manifest(Repository repository, String reference) throws RegistryException {
        var deadline = new Deadline(settings.call());
        URI uri = base(repository).resolve("/v2/" + repository.path() + "/manifests/" + reference);
        HttpResponse<byte[]> response = ask(repository, uri, logins.known(repository), deadline);
        if (response.statusCode() == 401) {
            Optional<String> login =
                    logins.logIn(repository, response.headers().allValues("www-authenticate"), deadline);
            if (login.isPresent()) {
                response = ask(repository, uri, login.get(), deadline);
            }
        }
        if (response.statusCode() != 200) {
            logins.forget(repository);
            throw Refusals.of(repository, reference, response, settings.credentials());
        }
        return read(repository, reference, response);
    }

    /// Asks whether a registry is there: `GET /v2/`, without a log-in.
    ///
    /// @return the status: 200 of one that is open to all, 401 of one that asks for a log-in
    /// @throws RegistryException when it does not answer in time, or may not be asked
    public int answers(Repository repository) throws RegistryException {
        return ask(repository, base(repository).resolve("/v2/"), null, new Deadline(settings.call()))
                .statusCode();
    }

    private URI base(Repository repository) throws RegistryException {
        String server = repository.server();
        boolean plain = settings.insecure() && Loopback.names(server);
        try {
            return URI.create((plain ? "http://" : "https://") + server);
        } catch (IllegalArgumentException _) {
            throw new RegistryException(Kind.UNUSABLE, "'" + server + "' is no registry's host.");
        }
    }

    private HttpResponse<byte[]> ask(Repository repository, URI uri, @Nullable String authorization, Deadline deadline)
            throws RegistryException {
        URI at = uri;
        for (int redirects = 0; ; redirects++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(at).header("Accept", ACCEPT);
            // Whoever a registry sends us to was not meant by the credentials.
            if (authorization != null && at.getAuthority().equals(uri.getAuthority())) {
                request.header("Authorization", authorization);
            }
            HttpResponse<byte[]> response = exchange.send(repository.registry(), request, deadline);
            Optional<String> location = response.headers().firstValue("location");
            if (response.statusCode() == 401 && !at.getAuthority().equals(uri.getAuthority())) {
                // A password is the registry's. Its token server is whom the registry names, not whom a stranger names.
                throw new RegistryException(
                        Kind.UNAUTHORISED,
                        "The registry " + repository.registry() + " sends its clients to " + at.getAuthority()
                                + ", which asks for a log-in: the credentials of " + repository.registry()
                                + " are not for it. Name the image as it is called there, and log in with 'docker login "
                                + at.getAuthority() + "'.");
            }
            if (response.statusCode() / 100 != 3 || location.isEmpty()) {
                return response;
            }
            at = Loopback.allowed(repository.registry(), at, location.get(), settings.insecure());
            if (redirects >= 3) {
                throw new RegistryException(
                        Kind.UNREACHABLE, "The registry " + repository.registry() + " redirects in circles.");
            }
        }
    }

    private static Manifest read(Repository repository, String reference, HttpResponse<byte[]> response)
            throws RegistryException {
        String name = repository + (reference.indexOf(':') < 0 ? ":" : "@") + reference;
        byte[] body = response.body();
        int colon = reference.indexOf(':');
        String algorithm = colon < 0 ? "sha256" : reference.substring(0, colon);
        String digest = algorithm + ":" + hash(algorithm, body);
        if (colon >= 0 && !digest.equals(reference)) {
            throw new RegistryException(
                    Kind.UNUSABLE,
                    "The registry answered " + name + " with something else, whose digest is " + digest
                            + ": do not trust what it serves.");
        }
        String type = response.headers()
                .firstValue("content-type")
                .orElse("")
                .split(";", 2)[0]
                .strip();
        try {
            return ManifestParser.parse(digest, type, body);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(Kind.UNUSABLE, name + " " + e.getMessage() + ".");
        }
    }

    private static String hash(String algorithm, byte[] body) throws RegistryException {
        try {
            MessageDigest hash = MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
            return HexFormat.of().formatHex(hash.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new RegistryException(Kind.UNUSABLE, "This Java has no " + e.getMessage() + ".");
        }
    }

    /// What a registry says about its own error, for people: cut short, control characters taken
    /// out.
    static String quoted(byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 300), StandardCharsets.UTF_8);
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }

    /// Breaks off what is under way.
    @Override
    public void close() {
        client.shutdownNow();
    }
}
