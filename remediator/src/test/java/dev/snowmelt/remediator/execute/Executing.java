package dev.snowmelt.remediator.execute;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A command handler over a platform in memory, with a clock and a declaration that a test sets. It
/// is noon, revision 7 is declared in mode ENFORCE, and pod 1 runs the wrong image.
final class Executing {
    final InMemoryPlatform platform = new InMemoryPlatform();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CommandHandler handler;
    /// What people said, as it stands on the partition of the target.
    final Map<OverrideKey, Followed.Word<dev.snowmelt.v1.Override>> overrides = new HashMap<>();
    private Runnable whenAsked = () -> {};
    private Instant now = Commands.NOON;
    private Declarations.Newest newest = new Declarations.Newest.Known(Commands.declaration(7, Commands.ENFORCE));

    Executing() {
        this(false);
    }

    Executing(boolean dryRun) {
        this(dryRun, JudgeRules.DEFAULT);
    }

    Executing(JudgeRules rules) {
        this(false, rules);
    }

    private Executing(boolean dryRun, JudgeRules rules) {
        platform.lives(Commands.pod(1), Commands.live(Commands.EVIL));
        Map<TargetId, Platform> platforms =
                Map.of(Commands.TARGET, dryRun ? platform.platform().dryRun() : platform.platform());
        handler = new CommandHandler(
                platforms,
                rules,
                _ -> newest,
                (order, at) -> {
                    whenAsked.run();
                    return OverrideFollower.objection(overrides, order, at);
                },
                () -> now,
                new ExecutorMeters(registry, platforms.keySet()));
    }

    void whenAskedForOverrides(Runnable action) {
        whenAsked = action;
    }

    void now(Instant instant) {
        now = instant;
    }

    void declared(@Nullable Declaration declaration) {
        newest = new Declarations.Newest.Known(declaration);
    }

    void declarationsUnknown(String why) {
        newest = new Declarations.Newest.Unknown(why);
    }

    Outcome handle(Command command) {
        return handle(command, false);
    }

    /// @param again it was there before the executor was
    Outcome handle(Command command, boolean again) {
        Outcome outcome = handler.handle(
                command.getAction() == Command.Action.REPLACE_INSTANCE
                        ? Commands.order(command)
                        : new Order.Restore(command, Commands.CART));
        return again ? Answer.ofRepetition(outcome) : outcome;
    }
}
