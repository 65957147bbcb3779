package dev.snowmelt.sources.registry;

import dev.snowmelt.sources.registry.RegistryException.Kind;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Proves to registries who asks: with a password, or with a token that a password (or nothing:
/// anonymous reading) was exchanged for, as the distribution project's token specification says. A
/// token is used until it expires.
final class Logins {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long DEFAULT_SECONDS = 60; // the specification's
    private static final int MOST_REMEMBERED = 1_000;

    private final Exchange exchange;
    private final RegistrySettings settings;
    private final Map<Repository, Login> known = new ConcurrentHashMap<>();

    Logins(Exchange exchange, RegistrySettings settings) {
        this.exchange = exchange;
        this.settings = settings;
    }

    private record Login(String header, long untilNanos) {
        boolean valid() {
            return untilNanos - System.nanoTime() > 0;
        }
    }

    /// The header that worked last and still should; null: none.
    @Nullable String known(Repository repository) {
        Login login = known.get(repository);
        return login != null && login.valid() ? login.header() : null;
    }

    void forget(Repository repository) {
        known.remove(repository);
    }

    /// Answers a challenge.
    ///
    /// @param offers the headers `WWW-Authenticate`
    /// @return the header to ask again with; empty: there is nothing to answer with
    Optional<String> logIn(Repository repository, List<String> offers, Deadline deadline) throws RegistryException {
        Optional<Challenge> challenge = Challenge.choose(offers);
        Optional<Credentials> credentials = settings.credentials().credentials(repository);
        if (challenge.isEmpty()) {
            return Optional.empty();
        }
        Optional<Login> login = challenge.get().scheme().equals("bearer")
                ? Optional.of(token(repository, challenge.get(), credentials.orElse(null), deadline))
                : credentials
                        .filter(Credentials.Basic.class::isInstance)
                        .map(Credentials.Basic.class::cast)
                        .map(basic -> until(basic.header(), DEFAULT_SECONDS));
        if (known.size() >= MOST_REMEMBERED) {
            known.clear();
        }
        login.ifPresent(fresh -> known.put(repository, fresh));
        return login.map(Login::header);
    }

    private static Login until(String header, long seconds) {
        // A little less: the clock of the registry runs from when it made the token.
        return new Login(
                header,
                System.nanoTime() + Duration.ofSeconds(Math.max(1, seconds - 5)).toNanos());
    }

    private Login token(
            Repository repository, Challenge challenge, @Nullable Credentials credentials, Deadline deadline)
            throws RegistryException {
        String scope =
                challenge.get("scope").isEmpty() ? "repository:" + repository.path() + ":pull" : challenge.get("scope");
        URI realm = Loopback.allowed(
                repository.registry(),
                URI.create("https://" + repository.server()),
                challenge.get("realm"),
                settings.insecure() && Loopback.names(repository.server()));
        HttpRequest.Builder request = switch (credentials) {
            case null -> HttpRequest.newBuilder(query(realm, challenge.get("service"), scope));
            case Credentials.Basic basic ->
                HttpRequest.newBuilder(query(realm, challenge.get("service"), scope))
                        .header("Authorization", basic.header());
            case Credentials.Identity(var token) ->
                HttpRequest.newBuilder(realm)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("grant_type=refresh_token&client_id=snowmelt&service="
                                + encoded(challenge.get("service")) + "&scope=" + encoded(scope) + "&refresh_token="
                                + encoded(token)));
        };
        HttpResponse<byte[]> response = exchange.send(repository.registry(), request, deadline);
        if (response.statusCode() == 429 || response.statusCode() >= 500) {
            throw Refusals.of(repository, "token", response, settings.credentials());
        }
        return read(repository, response);
    }

    private Login read(Repository repository, HttpResponse<byte[]> response) throws RegistryException {
        try {
            JsonNode tree = JSON.readTree(response.body());
            String token = tree.path("token").asString(tree.path("access_token").asString(""));
            if (response.statusCode() == 200 && token.matches("[\\x21-\\x7e]+")) {
                return until("Bearer " + token, tree.path("expires_in").asLong(DEFAULT_SECONDS));
            }
        } catch (JacksonException _) {
            // Said below; what Jackson says may quote a token.
        }
        throw new RegistryException(
                Kind.UNAUTHORISED,
                "The registry " + repository.registry() + " gives no token to read " + repository + " (status "
                        + response.statusCode() + "): log in with 'docker login " + repository.registry()
                        + "' (credentials were looked for in "
                        + settings.credentials().file() + ").");
    }

    private static URI query(URI realm, String service, String scope) {
        String before = realm.getRawQuery() == null ? "?" : "&";
        return URI.create(realm + before + "service=" + encoded(service) + "&scope=" + encoded(scope));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
