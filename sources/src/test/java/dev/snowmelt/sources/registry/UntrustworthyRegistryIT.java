package dev.snowmelt.sources.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.sources.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Registries that a real one never is: endless, slow, lying, asking for tokens, limiting, sending
/// elsewhere.
class UntrustworthyRegistryIT {
    private static final String DIGEST = "sha256:" + "0".repeat(64);
    private static final String CONFIG = "sha256:" + "c".repeat(64);
    private static final String IMAGE = "{\"schemaVersion\":2,\"mediaType\":\"" + ManifestParser.OCI_MANIFEST
            + "\",\"config\":{\"digest\":\"" + CONFIG + "\"},\"layers\":[]}";

    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private Handler handler = exchange -> answer(exchange, 500, "");

    @TempDir
    Path folder;

    UntrustworthyRegistryIT() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @BeforeEach
    void start() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"auths\":{\"" + name() + "\":{\"username\":\"u\",\"password\":\"p:w\"}}}");
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            try (exchange) {
                handler.handle(exchange);
            } catch (IOException | InterruptedException _) {
                // the client has gone
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private String name() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private Manifest ask(String reference) throws RegistryException {
        return ask(name() + "/shop/cart", reference, true);
    }

    private Manifest ask(String repository, String reference, boolean insecure) throws RegistryException {
        var settings = new RegistrySettings(
                DockerConfig.of(folder.resolve("config.json")), insecure, Duration.ofSeconds(2), Duration.ofSeconds(3));
        try (var registry = new HttpRegistry(settings)) {
            return registry.manifest(Repository.of(ImageReference.parse(repository)), reference);
        }
    }

    private RegistryException fails(String reference) {
        return catchThrowableOfType(RegistryException.class, () -> ask(reference));
    }

    @Test
    void whatItServesForADigestIsHashed() {
        handler = exchange -> answer(exchange, 200, IMAGE);

        var lie = fails(DIGEST);

        assertThat(lie.kind()).isEqualTo(Kind.UNUSABLE);
        assertThat(lie).hasMessageContaining("something else").hasMessageContaining("do not trust");
    }

    @Test
    void anEndlessManifestEndsAtFourMebibytes() {
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] blanks = " ".repeat(1 << 16).getBytes(UTF_8);
            while (over.getCount() > 0) {
                exchange.getResponseBody().write(blanks);
            }
        };

        var endless = fails("1.0");

        assertThat(endless.kind()).isEqualTo(Kind.UNUSABLE);
        assertThat(endless).hasMessageContaining("more than 4 MiB");
    }

    @Test
    void aBodyThatDripsIsNotWaitedFor() {
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            over.await();
        };
        long before = System.nanoTime();

        var slow = fails("1.0");

        assertThat(slow.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(slow).hasMessageContaining("did not answer within 3 s");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void aTokenIsFetchedWithTheLogInAndUsedAgain() throws Exception {
        handler = exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/token")) {
                answer(exchange, 200, "{\"token\":\"abc.def\",\"expires_in\":300}");
            } else if ("Bearer abc.def".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                answer(exchange, 200, IMAGE);
            } else {
                exchange.getResponseHeaders()
                        .add(
                                "WWW-Authenticate",
                                "Bearer realm=\"http://" + name() + "/token\",service=\"the registry\"");
                answer(exchange, 401, "");
            }
        };
        var settings = new RegistrySettings(
                DockerConfig.of(folder.resolve("config.json")), true, Duration.ofSeconds(2), Duration.ofSeconds(10));
        try (var registry = new HttpRegistry(settings)) {
            var repository = Repository.of(ImageReference.parse(name() + "/shop/cart"));

            Manifest first = registry.manifest(repository, "1.0");
            registry.manifest(repository, "2.0");

            assertThat(first)
                    .isInstanceOfSatisfying(
                            Manifest.Image.class,
                            image -> assertThat(image.config()).isEqualTo(CONFIG));
        }
        assertThat(requests)
                .containsExactly(
                        "GET /v2/shop/cart/manifests/1.0 null",
                        "GET /token?service=the+registry&scope=repository%3Ashop%2Fcart%3Apull Basic dTpwOnc=",
                        "GET /v2/shop/cart/manifests/1.0 Bearer abc.def",
                        "GET /v2/shop/cart/manifests/2.0 Bearer abc.def");
    }

    @Test
    void credentialsAreNeverSentWithoutTlsToAnotherMachine() {
        handler = exchange -> {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Bearer realm=\"http://tokens.test/token\"");
            answer(exchange, 401, "");
        };

        var refused = fails("1.0");

        assertThat(refused.kind()).isEqualTo(Kind.UNUSABLE);
        assertThat(refused).hasMessageContaining("tokens.test").hasMessageContaining("without TLS");
    }

    @Test
    void aRefusedLogInSaysWhereItWasLookedFor() {
        handler = exchange -> {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"r\"");
            answer(exchange, 401, "");
        };

        var refused = fails("1.0");

        assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORISED);
        assertThat(refused)
                .hasMessageContaining("docker login " + name())
                .hasMessageContaining(folder.resolve("config.json").toString());
        assertThat(requests).last().asString().endsWith("Basic dTpwOnc=");
    }

    @Test
    void aLimitSaysHowLongToWait() {
        handler = exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "17");
            answer(exchange, 429, "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}");
        };

        var limited = fails("1.0");

        assertThat(limited.kind()).isEqualTo(Kind.RATE_LIMITED);
        assertThat(limited.retryAfter()).contains(Duration.ofSeconds(17));
        assertThat(limited).hasMessageContaining("wait 17 s");
    }

    @Test
    void onlyARegistrysOwnWordsMeanThatAnImageIsNotKnown() {
        handler = exchange -> answer(exchange, 404, "<html>404 page not found</html>");
        assertThat(fails(DIGEST).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(fails(DIGEST)).hasMessageContaining("is no registry");

        handler = exchange -> answer(exchange, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
        assertThat(fails(DIGEST).kind()).isEqualTo(Kind.UNKNOWN);

        for (String code : List.of("NAME_UNKNOWN", "NOT_FOUND")) {
            handler = exchange -> answer(exchange, 404, "{\"errors\":[{\"code\":\"" + code + "\"}]}");
            assertThat(fails(DIGEST).kind()).as(code).isEqualTo(Kind.UNUSABLE);
            assertThat(fails(DIGEST)).hasMessageContaining("you may not see it");
        }

        handler = exchange -> answer(exchange, 503, "{\"errors\":[{\"code\":\"UNAVAILABLE\"}]}");
        assertThat(fails(DIGEST).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void whoeverItRedirectsToGetsNoCredentials() throws Exception {
        handler = exchange -> {
            if (exchange.getRequestURI().getPath().equals("/elsewhere")) {
                answer(exchange, 200, IMAGE);
            } else if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"r\"");
                answer(exchange, 401, "");
            } else {
                exchange.getResponseHeaders()
                        .add(
                                "Location",
                                "http://localhost:" + server.getAddress().getPort() + "/elsewhere");
                answer(exchange, 307, "");
            }
        };

        assertThat(ask("1.0")).isInstanceOf(Manifest.Image.class);
        assertThat(requests).last().isEqualTo("GET /elsewhere null");
    }

    @Test
    void whoeverItRedirectsToChoosesNoTokenServer() {
        String elsewhere = "localhost:" + server.getAddress().getPort();
        handler = exchange -> {
            if (exchange.getRequestURI().getPath().equals("/elsewhere")) {
                exchange.getResponseHeaders()
                        .add("WWW-Authenticate", "Bearer realm=\"http://" + elsewhere + "/token\"");
                answer(exchange, 401, "");
            } else {
                exchange.getResponseHeaders().add("Location", "http://" + elsewhere + "/elsewhere");
                answer(exchange, 307, "");
            }
        };

        var refused = fails("1.0");

        assertThat(refused.kind()).isEqualTo(Kind.UNAUTHORISED);
        assertThat(refused).hasMessageContaining("sends its clients to " + elsewhere + ", which asks for a log-in");
        assertThat(requests).containsExactly("GET /v2/shop/cart/manifests/1.0 null", "GET /elsewhere null");
    }

    @Test
    void circlesAndOtherMachinesInPlainTextAreNotFollowed() {
        handler = exchange -> {
            exchange.getResponseHeaders()
                    .add("Location", exchange.getRequestURI().getPath());
            answer(exchange, 307, "");
        };
        assertThat(fails("1.0")).hasMessageContaining("in circles");

        handler = exchange -> {
            exchange.getResponseHeaders().add("Location", "http://169.254.169.254/latest/meta-data");
            answer(exchange, 307, "");
        };
        assertThat(fails("1.0")).hasMessageContaining("169.254.169.254 without TLS");
    }

    @Test
    void plainHttpIsNotSpokenUnlessAskedFor() {
        handler = exchange -> answer(exchange, 200, IMAGE);

        var refused = catchThrowableOfType(RegistryException.class, () -> ask(name() + "/shop/cart", "1.0", false));

        assertThat(refused.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(refused).hasMessageContaining("TLS").hasMessageContaining("--insecure");
        assertThat(requests).isEmpty();
    }

    @Test
    void aPortWhereNothingListensIsSaidSo() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        var refused = catchThrowableOfType(
                RegistryException.class, () -> ask("127.0.0.1:" + port + "/shop/cart", "1.0", true));

        assertThat(refused.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(refused).hasMessageContaining("refused the connection");
    }

    @Test
    void theSameManifestsDescribeAnIndexOfIndexesOnlySoDeep() {
        handler = exchange -> {
            // Every digest names an index again; that the digests are wrong is not looked at by the reader.
            answer(exchange, 200, "{\"mediaType\":\"" + ManifestParser.OCI_INDEX + "\",\"manifests\":[]}");
        };
        var settings = RegistrySettings.of(DockerConfig.of(folder.resolve("config.json")), true);
        try (var registry = new HttpRegistry(settings)) {
            var empty = catchThrowableOfType(
                    RegistryException.class,
                    () -> new ImageReader(registry)
                            .read(ImageReference.parse(name() + "/shop/cart:1"), java.util.Set.of()));

            assertThat(empty).hasMessageContaining("lists no image");
        }
        assertThat(List.copyOf(requests)).hasSize(1);
    }
}
