package dev.snowmelt.sandbox.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A loopback HTTP server between SDK clients and an emulator of AWS that records each call and
/// makes those fail that a test wants to. Thread-safe.
///
/// It answers refusals as AWS does, for the query protocol of EC2, of Auto Scaling and STS, and for
/// the JSON protocol of SQS.
public final class FaultyProxy implements AutoCloseable {

    private static final Duration FORWARD_LIMIT = Duration.ofMinutes(2);

    /// What the HTTP client and the HTTP server write by themselves.
    private static final Set<String> HOP_BY_HOP =
            Set.of("host", "connection", "content-length", "expect", "upgrade", "transfer-encoding", "date", "server");

    private final URI target;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AwsCall> calls = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final Map<AwsCall, HttpResponse<byte[]>> answers = new ConcurrentHashMap<>();
    private volatile boolean remembers;

    private FaultyProxy(URI target) throws IOException {
        this.target = target;
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /// A proxy on a free port, in front of this endpoint.
    public static FaultyProxy before(URI target) {
        try {
            return new FaultyProxy(target);
        } catch (IOException e) {
            throw new UncheckedIOException("no port of 127.0.0.1 can be bound", e);
        }
    }

    /// Where clients call it.
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// Every call of an action fails like this from now on.
    public void fail(String action, Fault fault) {
        fail(action, 0, Integer.MAX_VALUE, fault);
    }

    /// Some calls of an action fail like this.
    ///
    /// @param skip how many are let through first: 2 for what happens at the third page
    /// @param times how many then fail
    public void fail(String action, int skip, int times, Fault fault) {
        fail(call -> call.action().equals(action), skip, times, fault);
    }

    /// Some calls fail like this. When several rules meet a call, the earliest decides.
    public void fail(Predicate<AwsCall> which, int skip, int times, Fault fault) {
        rules.add(new Rule(which, fault, new AtomicInteger(skip), new AtomicInteger(times)));
    }

    /// From now on a call that was answered well before, with the same parameters, gets that answer
    /// again at once: what is left of a measurement is the client's part. Only for an account that
    /// stands still, and only for the query protocol.
    public void remember() {
        remembers = true;
    }

    /// From now on nothing fails.
    public void heal() {
        rules.clear();
    }

    /// All calls since the start or [#forget], in the order in which they came, failed ones too.
    public List<AwsCall> calls() {
        return List.copyOf(calls);
    }

    /// The calls of one action.
    public List<AwsCall> calls(String action) {
        return calls.stream().filter(call -> call.action().equals(action)).toList();
    }

    /// Forgets the calls so far.
    public void forget() {
        calls.clear();
    }

    private record Rule(Predicate<AwsCall> which, Fault fault, AtomicInteger skip, AtomicInteger times) {
        boolean meets(AwsCall call) {
            return which.test(call) && skip.getAndDecrement() <= 0 && times.getAndDecrement() > 0;
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        AwsCall call = AwsCall.of(exchange.getRequestHeaders(), body);
        calls.add(call);
        Optional<Fault> fault =
                rules.stream().filter(rule -> rule.meets(call)).findFirst().map(Rule::fault);
        try {
            if (fault.isEmpty()) {
                forward(exchange, call, body);
                return;
            }
            switch (fault.get()) {
                case Fault.Refused refused -> refuse(exchange, call, refused);
                case Fault.Answered answered -> answer(exchange, call, answered);
                case Fault.CutBefore _ -> exchange.close();
                case Fault.CutAfter _ -> {
                    ask(exchange, body);
                    exchange.close();
                }
                case Fault.Delayed delayed -> {
                    Thread.sleep(delayed.by());
                    forward(exchange, call, body);
                }
                case Fault.Meanwhile meanwhile -> {
                    meanwhile.event().run();
                    forward(exchange, call, body);
                }
            }
        } catch (InterruptedException _) {
            // The proxy is closing, and so is the connection.
            Thread.currentThread().interrupt();
            exchange.close();
        }
    }

    private HttpResponse<byte[]> ask(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
                .timeout(FORWARD_LIMIT)
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private void forward(HttpExchange exchange, AwsCall call, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> remembered = remembers ? answers.get(call) : null;
        HttpResponse<byte[]> response = remembered == null ? ask(exchange, body) : remembered;
        if (remembers && response.statusCode() == 200 && !call.parameters().isEmpty()) {
            answers.put(call, response);
        }
        response.headers().map().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        send(exchange, response.statusCode(), response.body());
    }

    private static void refuse(HttpExchange exchange, AwsCall call, Fault.Refused refused) throws IOException {
        var headers = exchange.getResponseHeaders();
        String text = switch (call.service()) {
            case "ec2" -> {
                headers.set("Content-Type", "text/xml;charset=UTF-8");
                yield """
                        <?xml version="1.0" encoding="UTF-8"?>
                        <Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors>\
                        <RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>
                        """.formatted(refused.code(), refused.message());
            }
            case "sqs" -> {
                headers.set("Content-Type", "application/x-amz-json-1.0");
                headers.set("x-amzn-query-error", refused.code() + ";Sender");
                yield "{\"__type\":\"com.amazonaws.sqs#%s\",\"message\":\"%s\"}"
                        .formatted(refused.code(), refused.message());
            }
            default -> {
                headers.set("Content-Type", "text/xml");
                yield """
                        <ErrorResponse><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error>\
                        <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>
                        """.formatted(refused.status() < 500 ? "Sender" : "Receiver", refused.code(), refused.message());
            }
        };
        send(exchange, refused.status(), text.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, AwsCall call, Fault.Answered answered) throws IOException {
        exchange.getResponseHeaders()
                .set("Content-Type", call.service().equals("sqs") ? "application/x-amz-json-1.0" : "text/xml");
        send(exchange, answered.status(), answered.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        // For this server, -1 means an empty body and 0 one of unknown length.
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.shutdownNow();
    }
}
