package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.RightsCheck;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.schemas.topic.BrokerCheckException;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// What subcommands share.
public abstract class SnowmeltCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// The command above all.
    public final Snowmelt root() {
        return (Snowmelt) spec.root().userObject();
    }

    /// All settings, without options of the subcommand's own.
    protected final Config config() {
        return root().config(Map.of());
    }

    /// Where results go.
    protected final Results results() {
        return root().results();
    }

    /// Ends with [ExitCode#USAGE].
    public final CommandLine.ParameterException misused(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    /// Waits for Kafka and for topics that a command uses, as long as `--wait` says.
    ///
    /// @param part whose rights it needs
    /// @throws CliException when they do not come, are unfit, or may not be used
    public final void await(Config.Kafka kafka, List<Topic<?, ?>> topics, Part part) throws InterruptedException {
        await(kafka, topics);
        List<String> problems = new RightsCheck(kafka).problems(List.of(part));
        if (!problems.isEmpty()) {
            throw new CliException(ExitCode.ERROR, problems);
        }
    }

    /// Waits for Kafka and for topics that a command uses, as long as `--wait` says.
    ///
    /// @throws CliException when they do not come, or are unfit
    public final void await(Config.Kafka kafka, List<Topic<?, ?>> topics) throws InterruptedException {
        var err = root().surroundings().err();
        try {
            new BrokerChecks(kafka.bootstrapServers(), kafka.client())
                    .await(
                            new BrokerChecks.Needs(topics, false),
                            root().patience(),
                            root().surroundings().clock(),
                            state -> err.println("snowmelt: " + state + " Waiting."));
        } catch (BrokerCheckException e) {
            throw new CliException(String.valueOf(e.getMessage()));
        }
    }

    /// Who this is, for records that say so.
    protected static String user() {
        return System.getProperty("user.name", "");
    }
}
