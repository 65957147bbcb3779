package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.cli.declare.DeclareCommand;
import dev.snowmelt.cli.declare.SignCommand;
import dev.snowmelt.cli.demo.DemoCommand;
import dev.snowmelt.cli.doctor.DoctorCommand;
import dev.snowmelt.cli.logs.LogFormat;
import dev.snowmelt.cli.output.Format;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.schemas.topic.BrokerCheckException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command `snowmelt`: what all its subcommands share.
@Command(
        name = "snowmelt",
        description = "Finds servers and pods that no longer are what their image says they are, and replaces them.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        sortOptions = false,
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            TopicsCommand.class,
            CollectCommand.class,
            DetectCommand.class,
            RemediateCommand.class,
            ResolveCommand.class,
            DeclareCommand.class,
            SignCommand.class,
            DoctorCommand.class,
            LogLevelCommand.class,
            StatusCommand.class,
            ExplainCommand.class,
            ScanCommand.class,
            PauseCommand.class,
            ResumeCommand.class
        })
public final class Snowmelt implements Runnable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            description = "Kafka, with commas between servers (kafka.bootstrapServers; localhost:9092).")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description =
                    "Settings, YAML; every key also is a variable: kafka.partitions is SNOWMELT_KAFKA_PARTITIONS.")
    private @Nullable Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            scope = ScopeType.INHERIT,
            description = "table, json or yaml (${DEFAULT-VALUE}); of scan also junit or sarif.")
    private Format format = Format.TABLE;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            scope = ScopeType.INHERIT,
            description =
                    "How long to wait for Kafka, for a role's topics and rights, and for answers (30s; scan: 60s).")
    private @Nullable Duration patience;

    private final Surroundings surroundings;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    Snowmelt(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public static void main(String[] args) {
        System.exit(commandLine(Surroundings.ofProcess()).execute(args));
    }

    /// The whole command, ready to be executed.
    public static CommandLine commandLine(Surroundings surroundings) {
        var line = new CommandLine(new Snowmelt(surroundings))
                .setOut(surroundings.out())
                .setErr(surroundings.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(false)
                .registerConverter(Duration.class, Snowmelt::duration)
                .setExecutionStrategy(Snowmelt::run)
                .setParameterExceptionHandler(Snowmelt::misused)
                .setExecutionExceptionHandler(Snowmelt::failed);
        usageErrors(line);
        return line;
    }

    /// Without a subcommand there is nothing to do.
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do: a subcommand is missing.");
    }

    /// Everything the subcommands need of their process.
    public Surroundings surroundings() {
        return surroundings;
    }

    /// How long to wait for Kafka, for topics and rights, and for answers.
    public Duration patience() {
        return patience(PATIENCE);
    }

    /// The same for a subcommand with a default of its own.
    public Duration patience(Duration unlessSaid) {
        return patience == null ? unlessSaid : patience;
    }

    /// A broker was named on the command line.
    boolean brokerNamed() {
        return bootstrapServers != null;
    }

    /// The format that was asked for.
    public Format format() {
        return format;
    }

    /// Where results go.
    public Results results() {
        return new Results(surroundings.out(), format);
    }

    /// All settings.
    ///
    /// @param options values of a subcommand's own options, by the key that they override
    /// @throws CliException with every fault
    public Config config(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        if (bootstrapServers != null) {
            all.put("kafka.bootstrapServers", bootstrapServers);
        }
        String named = surroundings.environment().getOrDefault("SNOWMELT_CONFIG", "");
        Path fallback = named.isEmpty() ? null : Path.of(named);
        Config config = Config.load(file == null ? fallback : file, surroundings.environment(), all);
        config.logging().apply();
        return config;
    }

    /// A format that a subcommand does not know must be said before anything is done.
    private static int run(CommandLine.ParseResult parsed) {
        CommandLine command = parsed.asCommandLineList().getLast();
        if (parsed.commandSpec().userObject() instanceof Snowmelt root
                && root.format.ofScans()
                && !(command.getCommand() instanceof ScanCommand)) {
            throw new CommandLine.ParameterException(
                    command,
                    "--output " + root.format.name().toLowerCase(Locale.ROOT) + " is for 'snowmelt scan' only.");
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static void usageErrors(CommandLine line) {
        line.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE).exitCodeOnExecutionException(ExitCode.ERROR);
        line.getSubcommands().values().forEach(Snowmelt::usageErrors);
    }

    private static int misused(CommandLine.ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("snowmelt: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
            line.getErr().println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        }
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine line, CommandLine.ParseResult result) {
        List<String> lines = switch (e) {
            case CliException said -> said.lines();
            case InterruptedException _, InterruptException _ -> List.of("Interrupted.");
            case TimeoutException timeout -> List.of("Kafka does not answer: " + timeout.getMessage());
            case BrokerCheckException unfit -> List.of(String.valueOf(unfit.getMessage()));
            case KafkaException refused -> List.of("Kafka: " + refused.getMessage());
            default -> {
                LoggerFactory.getLogger(Snowmelt.class).atError().setCause(e).log("unexpected failure");
                yield List.of(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        };
        if (LogFormat.current() == LogFormat.JSON) {
            LoggerFactory.getLogger(Snowmelt.class).atError().log("{}", String.join("\n", lines));
        } else {
            line.getErr().println("snowmelt: " + lines.getFirst());
            lines.stream().skip(1).forEach(line.getErr()::println);
        }
        return e instanceof CliException said ? said.exitCode() : ExitCode.ERROR;
    }
}
