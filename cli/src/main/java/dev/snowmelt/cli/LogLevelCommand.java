package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.cli.output.Table;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `snowmelt loglevel`: levels of a role that runs on this machine.
@Command(
        name = "loglevel",
        description = {
            "Shows or changes log levels of a role on this machine, until it ends. The role needs http.admin: true.",
            "dev.snowmelt, org.apache.kafka and what is below may be changed; INHERITED takes a level back."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt loglevel",
            "  snowmelt loglevel dev.snowmelt.detector DEBUG",
            "  snowmelt loglevel dev.snowmelt.detector INHERITED --http-port 8081",
            "  curl -X PUT 'http://127.0.0.1:8080/loggers/dev.snowmelt.detector?level=DEBUG'"
        })
final class LogLevelCommand extends SnowmeltCommand {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    @Parameters(index = "0", paramLabel = "LOGGER", arity = "0..1", description = "Change this one.")
    private @Nullable String logger;

    @Parameters(
            index = "1",
            paramLabel = "LEVEL",
            arity = "0..1",
            description = "OFF, ERROR, WARN, INFO, DEBUG, TRACE or INHERITED.")
    private @Nullable String level;

    @Option(names = "--http-port", paramLabel = "PORT", description = "http.port of the role (8080).")
    private @Nullable String port;

    @Override
    public Integer call() throws InterruptedException {
        if (logger != null && level == null) {
            throw misused("Say which level " + logger + " is to have.");
        }
        Map<String, String> options = new HashMap<>();
        if (port != null) {
            options.put("http.port", port);
        }
        Config.Http http = root().config(options).http();
        var base = "http://127.0.0.1:" + http.port() + "/loggers";
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(LONGEST);
        JsonNode levels = send(
                logger == null || level == null
                        ? request.uri(URI.create(base)).build()
                        : request.uri(URI.create(base + "/" + encoded(logger) + "?level=" + encoded(level)))
                                .PUT(HttpRequest.BodyPublishers.noBody())
                                .build());
        var table = new Table("LOGGER", "LEVEL");
        levels.properties()
                .forEach(each -> table.row(each.getKey(), each.getValue().asString()));
        results().print(() -> Results.object().setAll(object(levels)), () -> table.lines(Table.WIDTH));
        return ExitCode.OK;
    }

    private static Map<String, JsonNode> object(JsonNode levels) {
        Map<String, JsonNode> fields = new HashMap<>();
        levels.properties().forEach(each -> fields.put(each.getKey(), each.getValue()));
        return fields;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode send(HttpRequest request) throws InterruptedException {
        String where = request.uri().getAuthority();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() == 404) {
                throw new CliException("The process at " + where + " does not let its log levels be changed: start it"
                        + " with http.admin: true (SNOWMELT_HTTP_ADMIN=true).");
            }
            JsonNode body = JsonMapper.shared().readTree(response.body());
            if (response.statusCode() != 200) {
                throw new CliException("Refused: " + body.path("problem").asString() + ".");
            }
            return body;
        } catch (IOException | JacksonException e) {
            throw new CliException(
                    "No role answers at " + where + " (" + e.getMessage() + "); say which with --http-port.");
        }
    }
}
