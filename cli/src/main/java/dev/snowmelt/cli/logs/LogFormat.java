package dev.snowmelt.cli.logs;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

/// How lines of the log look.
public enum LogFormat {
    /// For people: `logback.xml` has the pattern.
    TEXT,
    /// One JSON object a line: `timestamp`, `level`, `threadName`, `loggerName`, `message` with its placeholders,
    /// `formattedMessage`, `kvpList` (what `text` prints as key="value") and `throwable`.
    JSON;

    private static final String APPENDER = "STDERR";

    /// Makes the process log so from now on. `TEXT` is what it begins with, and is not gone back to.
    public void apply() {
        if (this == JSON
                && LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root
                && root.getAppender(APPENDER) instanceof ConsoleAppender<ILoggingEvent> console
                && !(console.getEncoder() instanceof JsonEncoder)) {
            var encoder = new JsonEncoder();
            encoder.setContext(root.getLoggerContext());
            // The logger context's properties may hold what the environment holds.
            encoder.setWithContext(false);
            encoder.setWithSequenceNumber(false);
            encoder.setWithNanoseconds(false);
            encoder.setWithArguments(false);
            encoder.setWithFormattedMessage(true);
            encoder.start();
            console.stop();
            console.setEncoder(encoder);
            console.start();
        }
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
