package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.trust.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a folder is kept published.
///
/// @param kafka the broker and the topics
/// @param signer signs what is published; empty: nobody does
/// @param folder what is kept published
/// @param rules whose declarations are this watcher's own, and what it may do to them
/// @param prune declarations whose documents vanished are removed
/// @param pruneAfter how long a document must be missing before
/// @param interval time between looks when the file system tells of no change
/// @param quiet how long a folder must stay the same before it is believed
/// @param patience for the registrar's answers
record WatchSettings(
        Config.Kafka kafka,
        Optional<SigningKey> signer,
        Path folder,
        Reconciliation.Rules rules,
        boolean prune,
        Duration pruneAfter,
        Duration interval,
        Duration quiet,
        Duration patience) {
    /// What `declared_by` of a watcher's declarations is.
    static String mark(String name) {
        return "watch:" + name;
    }
}
