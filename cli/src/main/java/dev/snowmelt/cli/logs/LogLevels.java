package dev.snowmelt.cli.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/// Levels of the process' loggers, which may be changed while it runs: of Snowmelt and of Kafka. Those of HTTP clients
/// and of Kafka's authentication may not: at DEBUG they write tokens and passwords into the log.
public final class LogLevels {
    /// What sets a logger back to the level of its parent.
    public static final String INHERITED = "INHERITED";

    private static final List<String> LEVELS = List.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");
    private static final List<String> OPEN = List.of("dev.snowmelt", "org.apache.kafka", "kafka");
    private static final List<String> CLOSED =
            List.of("org.apache.kafka.common.security", "org.apache.kafka.common.network");

    private LogLevels() {}

    /// What became of a wish.
    public sealed interface Answer {
        /// It is so now.
        ///
        /// @param level in force
        record Done(String logger, String level) implements Answer {}

        /// It is not, and stays not.
        ///
        /// @param why a sentence
        record Refused(String why) implements Answer {}

        /// It was no wish.
        ///
        /// @param why a sentence
        record Malformed(String why) implements Answer {}
    }

    /// Loggers with a level of their own.
    public static Map<String, String> all() {
        Map<String, String> levels = new TreeMap<>();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (Logger logger : context.getLoggerList()) {
                if (logger.getLevel() != null) {
                    levels.put(logger.getName(), logger.getLevel().toString());
                }
            }
        }
        return levels;
    }

    /// Changes one until the process ends.
    ///
    /// @param level one of logback's, in any case, or [#INHERITED]
    public static Answer set(String name, String level) {
        String wanted = level.toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(wanted) && !wanted.equals(INHERITED)) {
            return new Answer.Malformed(
                    "'" + level + "' is no level: " + String.join(", ", LEVELS) + " or " + INHERITED);
        }
        if (OPEN.stream().noneMatch(each -> below(name, each))) {
            return new Answer.Refused("only " + String.join(", ", OPEN)
                    + " and loggers below them: others may write secrets into the log");
        }
        boolean verbose = List.of("DEBUG", "TRACE").contains(wanted);
        if (verbose && CLOSED.stream().anyMatch(each -> below(name, each))) {
            return new Answer.Refused(name + " may write secrets into the log at " + wanted);
        }
        if (!(LoggerFactory.getLogger(name) instanceof Logger logger)) {
            return new Answer.Refused("this process does not log by logback");
        }
        if (verbose) {
            // What is set above must not open what is closed below.
            CLOSED.stream().filter(each -> below(each, name)).forEach(each -> {
                if (LoggerFactory.getLogger(each) instanceof Logger below && below.getLevel() == null) {
                    below.setLevel(below.getEffectiveLevel());
                }
            });
        }
        logger.setLevel(wanted.equals(INHERITED) ? null : Level.toLevel(wanted));
        LoggerFactory.getLogger(LogLevels.class)
                .atInfo()
                .addKeyValue("logger", name)
                .addKeyValue("level", wanted)
                .log("a log level was changed");
        return new Answer.Done(name, logger.getEffectiveLevel().toString());
    }

    private static boolean below(String name, String root) {
        return name.equals(root) || name.startsWith(root + ".");
    }
}
