package dev.snowmelt.cli.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.snowmelt.cli.logs.LogLevels;
import dev.snowmelt.cli.logs.LogLevels.Answer;
import dev.snowmelt.cli.output.Results;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// `GET /loggers` lists levels, `PUT /loggers/NAME?level=DEBUG` changes one. Only for callers on this machine who name
/// it by a loopback name: a page in a browser can send neither a PUT nor, by a name of its own that resolves to
/// 127.0.0.1, such a `Host`.
final class LoggersHandler implements HttpHandler {
    static final String PATH = "/loggers";

    private static final Pattern LOOPBACK_HOST = Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String host = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host"))
                    .orElse("");
            if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()
                    || !LOOPBACK_HOST.matcher(host).matches()) {
                answer(exchange, 403, problem("only from this machine, by a loopback address"));
                return;
            }
            String path = exchange.getRequestURI().getPath();
            switch (exchange.getRequestMethod()) {
                case "GET" -> {
                    if (path.equals(PATH)) {
                        var levels = Results.object();
                        LogLevels.all().forEach(levels::put);
                        answer(exchange, 200, levels);
                    } else {
                        answer(exchange, 404, problem("GET " + PATH + " lists all"));
                    }
                }
                case "PUT" -> put(exchange, path);
                default -> answer(exchange, 405, problem("GET " + PATH + ", or PUT " + PATH + "/NAME?level=DEBUG"));
            }
        }
    }

    private static void put(HttpExchange exchange, String path) throws IOException {
        List<String> levels = Stream.ofNullable(exchange.getRequestURI().getQuery())
                .flatMap(query -> Stream.of(query.split("&", -1)))
                .filter(part -> part.startsWith("level="))
                .map(part -> part.substring("level=".length()))
                .toList();
        if (!path.startsWith(PATH + "/") || levels.size() != 1) {
            answer(exchange, 400, problem("say PUT " + PATH + "/NAME?level=DEBUG"));
            return;
        }
        switch (LogLevels.set(path.substring(PATH.length() + 1), levels.getFirst())) {
            case Answer.Done(String logger, String level) ->
                answer(exchange, 200, Results.object().put(logger, level));
            case Answer.Refused(String why) -> answer(exchange, 403, problem(why));
            case Answer.Malformed(String why) -> answer(exchange, 400, problem(why));
        }
    }

    private static JsonNode problem(String sentence) {
        return Results.object().put("problem", sentence);
    }

    private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = (body + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
