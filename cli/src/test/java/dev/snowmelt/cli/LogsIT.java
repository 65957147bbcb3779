package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.HttpEndpoint;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.logs.LogFormat;
import dev.snowmelt.cli.logs.LogLevels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Levels over real sockets, and lines as machines read them.
@Timeout(60)
class LogsIT {
    private static final String LOGGER = "dev.snowmelt.fortest";

    @AfterEach
    void inheritAgain() {
        LogLevels.set(LOGGER, LogLevels.INHERITED);
    }

    private static HttpEndpoint endpoint(Metrics metrics, boolean admin) {
        return HttpEndpoint.start(new Config.Http("127.0.0.1", 0, admin), metrics, List::of);
    }

    @Test
    void aLevelIsChangedWhileTheProcessRuns() {
        try (var metrics = new Metrics();
                var http = endpoint(metrics, true)) {
            String port = Integer.toString(http.port());

            Run set = Run.of("loglevel", LOGGER, "debug", "--http-port", port);
            Run listed = Run.of("loglevel", "--http-port", port, "-o", "json");

            assertThat(set.exitCode()).as(set.err()).isZero();
            assertThat(set.out()).containsPattern(LOGGER + " +DEBUG");
            assertThat(LoggerFactory.getLogger(LOGGER).isDebugEnabled()).isTrue();
            assertThat(LoggerFactory.getLogger("dev.snowmelt.other").isDebugEnabled())
                    .isFalse();
            assertThat(JsonMapper.shared().readTree(listed.out()).get(LOGGER).asString())
                    .isEqualTo("DEBUG");
            assertThat(Run.of("loglevel", LOGGER, "INHERITED", "--http-port", port)
                            .exitCode())
                    .isZero();
            assertThat(LoggerFactory.getLogger(LOGGER).isDebugEnabled()).isFalse();
            assertThat(Run.of("loglevel", LOGGER, "LOUD", "--http-port", port))
                    .satisfies(run -> assertThat(run.exitCode()).isEqualTo(1))
                    .satisfies(run -> assertThat(run.err()).contains("'LOUD' is no level"));
            assertThat(Run.of("loglevel", LOGGER).exitCode()).isEqualTo(64);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "org.apache.hc.client5.http.headers, DEBUG",
        "software.amazon.awssdk.request, DEBUG",
        "io.fabric8, TRACE",
        "ROOT, DEBUG",
        "org.apache.kafka.common.security.scram, TRACE"
    })
    void whatMayWriteSecretsStaysAsItIs(String logger, String level) {
        try (var metrics = new Metrics();
                var http = endpoint(metrics, true)) {
            Run run = Run.of("loglevel", logger, level, "--http-port", Integer.toString(http.port()));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("secrets");
        }
    }

    @Test
    void whatIsSetAboveDoesNotOpenWhatIsClosedBelow() {
        try {
            assertThat(LogLevels.set("org.apache.kafka", "TRACE")).isInstanceOf(LogLevels.Answer.Done.class);

            assertThat(LoggerFactory.getLogger("org.apache.kafka.clients.admin").isTraceEnabled())
                    .isTrue();
            assertThat(LoggerFactory.getLogger("org.apache.kafka.common.security.scram")
                            .isDebugEnabled())
                    .isFalse();
        } finally {
            LogLevels.set("org.apache.kafka", "ERROR");
        }
    }

    @Test
    void nobodyMayAskWhereItIsNotSwitchedOnNorByAnotherName() throws Exception {
        try (var metrics = new Metrics();
                var closed = endpoint(metrics, false);
                var open = endpoint(metrics, true)) {
            assertThat(Run.of("loglevel", "--http-port", Integer.toString(closed.port()))
                            .err())
                    .contains("http.admin: true");
            assertThat(raw(open.port(), "GET /loggers HTTP/1.1", "Host: evil.example"))
                    .startsWith("HTTP/1.1 403");
            assertThat(raw(open.port(), "POST /loggers/dev.snowmelt?level=OFF HTTP/1.1", "Host: localhost"))
                    .startsWith("HTTP/1.1 405");
            assertThat(raw(open.port(), "PUT /loggers/dev.snowmelt HTTP/1.1", "Host: localhost"))
                    .startsWith("HTTP/1.1 400");
            assertThat(raw(open.port(), "GET /loggers HTTP/1.1", "Host: 127.0.0.1:" + open.port()))
                    .startsWith("HTTP/1.1 200");
        }
    }

    private static String raw(int port, String line, String host) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write((line + "\r\n" + host + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aLineOfJsonHoldsWhatWasSaid() {
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        PrintStream before = System.err;
        var written = new ByteArrayOutputStream();
        LoggerContext context = root.getLoggerContext();
        context.putProperty("password", "hunter2");
        // A command that ran in this JVM before may have made loggers quieter.
        LogLevels.set(LOGGER, "WARN");
        try {
            System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
            LogFormat.JSON.apply();
            LoggerFactory.getLogger(LOGGER)
                    .atWarn()
                    .setCause(new IllegalStateException("broken"))
                    .addKeyValue("workload", "k8s:a/shop/Deployment/cart")
                    .log("refused {}", 3);
        } finally {
            System.setErr(before);
            context.putProperty("password", "");
            LogFormat.TEXT.apply();
        }

        String line = written.toString(StandardCharsets.UTF_8);
        assertThat(line.lines()).hasSize(1);
        JsonNode json = JsonMapper.shared().readTree(line);
        assertThat(json.get("level").asString()).isEqualTo("WARN");
        assertThat(json.get("loggerName").asString()).isEqualTo(LOGGER);
        assertThat(json.get("formattedMessage").asString()).isEqualTo("refused 3");
        assertThat(json.get("kvpList").get(0).get("workload").asString()).isEqualTo("k8s:a/shop/Deployment/cart");
        assertThat(json.get("throwable").get("message").asString()).isEqualTo("broken");
        assertThat(line).doesNotContain("hunter2");
        assertThat(LogFormat.current()).isEqualTo(LogFormat.TEXT);
    }
}
