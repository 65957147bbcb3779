package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.declare.DeclaredFiles;
import dev.snowmelt.cli.kafka.CompactedTopic;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.once.OnceScan;
import dev.snowmelt.cli.once.OneTarget;
import dev.snowmelt.cli.output.Format;
import dev.snowmelt.cli.scan.Findings;
import dev.snowmelt.cli.scan.Pages;
import dev.snowmelt.cli.scan.Progress;
import dev.snowmelt.cli.scan.Reports;
import dev.snowmelt.cli.scan.ScanClient;
import dev.snowmelt.cli.scan.Silence;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `snowmelt scan`: asks every collector in scope to look now, and reports.
@Command(
        name = "scan",
        description = {
            "Looks at everything in scope now and reports what drifted.",
            "Exit code: 0 clean, 2 drift, 3 incomplete (not everything was seen or could be told), 1 error, 64 usage."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt scan",
            "  snowmelt scan --target k8s:prod-eu --target k8s:prod-us --wait 2m",
            "  snowmelt scan --workload k8s:prod-eu/shop/Deployment/cart --output json",
            "  snowmelt scan --workload aws:123456789012:eu-west-1/asg/web",
            "  snowmelt scan --all --save junit=snowmelt.xml --save sarif=snowmelt.sarif",
            "  snowmelt scan --once --kubeconfig ~/.kube/config --context staging -f declarations/staging/",
            "  snowmelt scan --once --target aws:123456789012:eu-west-1 --profile prod -f declarations/prod/"
        })
final class ScanCommand extends SnowmeltCommand {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final int MOST = 1000;

    @Option(names = "--target", paramLabel = "TARGET", description = "Scan this one; may be repeated (every target).")
    private List<String> targets = List.of();

    @Option(
            names = "--workload",
            paramLabel = "WORKLOAD",
            description = "Scan this one; may be repeated (every workload of the targets).")
    private List<String> workloads = List.of();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "" + MOST,
            description = "List so many drifted instances at most, 1 to 1000 (${DEFAULT-VALUE}).")
    private int limit = MOST;

    @Option(names = "--after", paramLabel = "CURSOR", description = "List only what follows a report's cursor.")
    private String after = "";

    @Option(names = "--all", description = "Follow the cursor until all drifts are listed; each page is a scan.")
    private boolean all;

    @Option(names = "--by", paramLabel = "NAME", description = "Who asks (the user's name).")
    private String by = user();

    @Option(
            names = "--save",
            paramLabel = "FORMAT=FILE",
            description = "Also write the report to a file, in any format; may be repeated.")
    private Map<Format, Path> saved = Map.of();

    @Mixin
    private OnceOptions once = new OnceOptions();

    @Override
    public Integer call() throws InterruptedException {
        ScanRequest.Scope scope = scope();
        checkOnce();
        checkSaved();
        ScanReport report = once.once() ? scanOnce(scope) : scan(scope);
        for (Map.Entry<Format, Path> each : saved.entrySet()) {
            save(each.getValue(), Reports.text(report, each.getKey(), Version.text()));
        }
        var out = root().surroundings().out();
        out.print(Reports.text(report, root().format(), Version.text()));
        out.flush();
        return Findings.exitCode(report);
    }

    /// Checks here what the scanner would refuse: a mistake on the command line is told before
    /// anything is asked.
    private ScanRequest.Scope scope() {
        Set<TargetId> named = targets.stream()
                .map(text -> Subjects.target(text)
                        .orElseThrow(() -> misused("'" + text + "' is not a target such as 'k8s:prod-eu'.")))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<TargetId> theirs = workloads.stream()
                .map(text -> Subjects.workload(text)
                        .orElseThrow(() ->
                                misused("'" + text + "' is not a workload such as 'k8s:prod-eu/shop/Deployment/cart'."))
                        .target())
                .collect(Collectors.toCollection(TreeSet::new));
        if (!named.isEmpty() && !theirs.isEmpty() && !named.equals(theirs)) {
            throw misused("--workload names workloads of " + theirs + ", --target " + named + ": leave --target away.");
        }
        if (targets.size() > MOST || workloads.size() > MOST || by.length() > MOST) {
            throw misused("At most " + MOST + " targets and " + MOST + " workloads, and so many characters in --by.");
        }
        if (limit < 1 || limit > MOST) {
            throw misused("--limit is from 1 to " + MOST + ", not " + limit + "; --all lists everything.");
        }
        if (!after.isEmpty() && !isCursor(after)) {
            throw misused("--after '" + after + "' is no cursor of a report.");
        }
        return ScanRequest.Scope.newBuilder()
                .addAllTargets(targets)
                .addAllWorkloads(workloads)
                .setAfter(after)
                .setLimit(limit)
                .build();
    }

    private static boolean isCursor(String text) {
        try {
            return SubjectKey.parse(text) instanceof SubjectKey.OfInstance;
        } catch (MalformedIdException _) {
            return false;
        }
    }

    private void checkOnce() {
        if (!once.once() && !once.given().isEmpty()) {
            throw misused(String.join(", ", once.given()) + (once.given().size() == 1 ? " is" : " are")
                    + " for 'scan --once' only.");
        }
        if (once.once() && root().brokerNamed()) {
            throw misused("--once brings its own broker: leave --bootstrap-server away.");
        }
        if (once.once() && targets.size() > 1) {
            throw misused("--once looks at one cluster, or one account and region: name one --target.");
        }
        if (once.once() && named().startsWith("aws:") && !once.ofClusters().isEmpty()) {
            throw misused(String.join(", ", once.ofClusters()) + " is of a cluster, and " + named() + " is none.");
        }
    }

    /// Before the scan: nobody wants to hear of a mistyped folder after it.
    private void checkSaved() {
        for (Path file : saved.values()) {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
                throw misused("--save cannot write " + file
                        + (Files.isDirectory(file) ? ": it is a folder." : ": there is no such folder."));
            }
        }
    }

    private static void save(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CliException("The report cannot be written to " + file + ": " + e.getMessage() + ".");
        }
    }

    private ScanReport scan(ScanRequest.Scope scope) throws InterruptedException {
        Config.Kafka kafka = config().kafka();
        var topics = kafka.topics();
        await(
                kafka,
                List.of(topics.scanRequests(), topics.scanTallies(), topics.scanReports(), topics.collectors()),
                Part.SCAN);
        return pages(kafka, scope, root().patience(WAIT));
    }

    private ScanReport scanOnce(ScanRequest.Scope scope) throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        once.into(options);
        String named = named();
        boolean aws = named.startsWith("aws:");
        if (!named.isEmpty()) {
            options.put(aws ? "aws.target" : "kubernetes.target", named);
        }
        Config config = root().config(options);
        List<Declare> declarations = once.files().isEmpty()
                ? List.of()
                : DeclaredFiles.read(once.files(), root().surroundings().clock().instant());
        OneTarget one = OneTarget.open(config, aws);
        OneTarget.fault(one.target(), workloads, declarations).ifPresent(fault -> {
            one.close();
            throw new CliException(fault);
        });
        ScanRequest.Scope here = scope.toBuilder()
                .clearTargets()
                .addTargets(one.target().toString())
                .build();
        var request = ScanRequest.newBuilder().setScope(here).setBy(by).build();
        return new OnceScan(root().surroundings(), root().patience(WAIT))
                .run(config, one, declarations, request, (kafka, left) -> pages(kafka, here, left));
    }

    /// The target that a scan without a broker is asked for; empty: what the settings name.
    private String named() {
        if (!targets.isEmpty()) {
            return targets.getFirst();
        }
        // What a cluster is called, its context says; which account it is, only an id.
        return workloads.stream()
                .map(text -> WorkloadId.parse(text).target())
                .filter(target -> target.platform() == TargetId.Platform.AWS)
                .map(TargetId::toString)
                .findFirst()
                .orElse("");
    }

    private ScanReport pages(Config.Kafka kafka, ScanRequest.Scope scope, Duration wait) throws InterruptedException {
        try (var client = new ScanClient(kafka, root().surroundings().clock())) {
            ScanReport report = switch (ask(client, scope, wait)) {
                case ScanClient.Asked.Answered answered -> answered.report();
                case ScanClient.Asked.Unanswered unanswered -> silence(kafka, unanswered);
            };
            String before = scope.getAfter();
            while (all && !report.getCursor().isEmpty() && !report.getCursor().equals(before)) {
                before = report.getCursor();
                report = switch (ask(client, scope.toBuilder().setAfter(before).build(), wait)) {
                    case ScanClient.Asked.Answered answered -> Pages.append(report, answered.report());
                    case ScanClient.Asked.Unanswered unanswered -> Pages.missing(report, silence(kafka, unanswered));
                };
            }
            return report;
        }
    }

    private ScanClient.Asked ask(ScanClient client, ScanRequest.Scope scope, Duration wait)
            throws InterruptedException {
        try (var progress = Progress.on(root().surroundings())) {
            return client.ask(scope, by, wait, progress::show);
        }
    }

    private ScanReport silence(Config.Kafka kafka, ScanClient.Asked.Unanswered unanswered) {
        return Silence.report(
                unanswered,
                new CompactedTopic(kafka)
                        .read(kafka.topics().collectors(), _ -> true, List.of())
                        .values(),
                root().surroundings().clock().instant());
    }
}
