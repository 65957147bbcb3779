package dev.snowmelt.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the roles of a short-lived process from talking into what a person reads.
public final class Quiet {
    private Quiet() {}

    /// Lets only what is at least so grave through, unless `SNOWMELT_LOG_LEVEL` asks for another
    /// level.
    public static void below(Level level, Surroundings surroundings) {
        if (!surroundings.environment().containsKey("SNOWMELT_LOG_LEVEL")
                && LoggerFactory.getLogger("dev.snowmelt") instanceof Logger logger) {
            logger.setLevel(level);
        }
    }
}
