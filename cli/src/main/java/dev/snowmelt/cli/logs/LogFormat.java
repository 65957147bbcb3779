package dev.snowmelt.cli.logs;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/// How lines of the log look.
public enum LogFormat {
    /// For people: `logback.xml` has the pattern.
    TEXT,
    /// One JSON object a line: `timestamp`, `level`, `threadName`, `loggerName`, `message` with its placeholders,
    /// `formattedMessage`, `kvpList` (what `text` prints as key="value") and `throwable`.
    JSON;

    private static final String APPENDER = "STDERR";
    /// Where the context keeps the encoder of `logback.xml` meanwhile.
    private static final String PATTERN = "snowmelt.pattern";

    /// Makes the process log so from now on.
    public void apply() {
        if (this != current()
                && LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root
                && root.getAppender(APPENDER) instanceof ConsoleAppender<ILoggingEvent> console) {
            LoggerContext context = root.getLoggerContext();
            Encoder<ILoggingEvent> encoder;
            if (this == JSON) {
                context.putObject(PATTERN, console.getEncoder());
                encoder = json(context);
            } else {
                @SuppressWarnings("unchecked")
                var pattern = (Encoder<ILoggingEvent>) context.getObject(PATTERN);
                encoder = pattern;
            }
            console.stop();
            console.setEncoder(encoder);
            console.start();
        }
    }

    private static JsonEncoder json(LoggerContext context) {
        var encoder = new JsonEncoder();
        encoder.setContext(context);
        // The logger context's properties may hold what the environment holds.
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }

    /// What the process logs as now.
    public static LogFormat current() {
        return LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root
                        && root.getAppender(APPENDER) instanceof ConsoleAppender<ILoggingEvent> console
                        && console.getEncoder() instanceof JsonEncoder
                ? JSON
                : TEXT;
    }
}
