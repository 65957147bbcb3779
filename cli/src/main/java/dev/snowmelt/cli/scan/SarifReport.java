package dev.snowmelt.cli.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.Verdict;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A report as SARIF 2.1.0: one run, a result for each drift.
public final class SarifReport {
    private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
    private static final int FINGERPRINT_BYTES = 16;
    private static final int LONGEST_CATEGORY = 200;

    private final ScanReport report;
    private final String version;

    private SarifReport(ScanReport report, String version) {
        this.report = report;
        this.version = version;
    }

    /// The document, indented.
    ///
    /// @param version Snowmelt's
    public static String json(ScanReport report, String version) {
        return MessageText.pretty(new SarifReport(report, version).log());
    }

    private ObjectNode log() {
        ObjectNode log = Results.object().put("$schema", SCHEMA).put("version", "2.1.0");
        ObjectNode run = log.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool")
                .putObject("driver")
                .put("name", "Snowmelt")
                .put("version", version);
        SarifRules.write(driver.putArray("rules"));
        run.putObject("automationDetails").put("id", category() + "/" + report.getScan());
        invocation(run.putArray("invocations").addObject());
        run.put("columnKind", "utf16CodeUnits");
        results(run.putArray("results"));
        ObjectNode properties = run.putObject("properties").put("scan", report.getScan());
        properties.put("result", report.getResult().name());
        properties.set("total", MessageText.tree(report.getTotal()));
        return log;
    }

    /// The id up to its last slash: readers close alerts that a later file of the same category
    /// does not have. So scans of one scope are of one category, however often is scanned, and
    /// scans of different scopes are of different ones.
    private String category() {
        ScanRequest.Scope scope = report.getRequest().getScope();
        String targets = String.join("+", new TreeSet<>(scope.getTargetsList()));
        var workloads = new TreeSet<>(scope.getWorkloadsList());
        String category = "snowmelt/" + (targets.isEmpty() ? "all" : targets);
        if (!workloads.isEmpty()) {
            category = "snowmelt/" + String.join("+", workloads);
        }
        return category.length() <= LONGEST_CATEGORY
                ? category
                : "snowmelt/" + sha256(category.getBytes(StandardCharsets.UTF_8));
    }

    private void invocation(ObjectNode invocation) {
        int exitCode = Findings.exitCode(report);
        invocation
                .put("executionSuccessful", report.getResult() != ScanReport.Result.INCOMPLETE && known())
                .put("startTimeUtc", Timestamps.toString(report.getStarted()))
                .put("endTimeUtc", Timestamps.toString(report.getFinished()))
                .put("exitCode", exitCode)
                .put("exitCodeDescription", report.getResult().name());
        ArrayNode notifications = invocation.putArray("toolExecutionNotifications");
        report.getTargetsList().stream()
                .filter(target -> !target.getComplete())
                .forEach(target -> notify(notifications, "error", target.getTarget() + ": " + target.getProblem()));
        report.getProblemsList().forEach(problem -> notify(notifications, "error", problem));
        if (!report.getCursor().isEmpty()) {
            notify(
                    notifications,
                    "warning",
                    report.getDriftsOmitted() + " more drifted instances are not in this file; add --all");
        }
        if (report.getWorkloadDriftsOmitted() > 0) {
            notify(
                    notifications,
                    "warning",
                    "drifts of " + report.getWorkloadDriftsOmitted()
                            + " more workloads as a whole are not in this file");
        }
    }

    private boolean known() {
        return report.getResult() != ScanReport.Result.RESULT_UNSPECIFIED
                && report.getResult() != ScanReport.Result.UNRECOGNIZED;
    }

    private static void notify(ArrayNode notifications, String level, String text) {
        notifications.addObject().put("level", level).putObject("message").put("text", text);
    }

    private void results(ArrayNode results) {
        for (Verdict verdict : report.getDriftsList()) {
            String level = verdict.getState() == Verdict.State.OUTDATED ? "warning" : "error";
            List<Drift> drifts = verdict.getDriftsList();
            for (int i = 0; i < drifts.size(); i++) {
                ObjectNode result = result(results, drifts.get(i), level, verdict.getWorkload(), verdict.getInstance());
                result.putObject("partialFingerprints")
                        .put("snowmeltVerdict/v1", verdict.getId())
                        // What GitHub tells alerts apart by; a verdict may have several drifts.
                        .put("primaryLocationLineHash", verdict.getId() + ":" + i);
                result.putObject("properties")
                        .put("state", verdict.getState().name())
                        .put("revision", verdict.getRevision())
                        .put("since", Timestamps.toString(verdict.getSince()));
            }
        }
        for (ScanReport.WorkloadDrifts workload : report.getWorkloadDriftsList()) {
            for (Drift drift : workload.getDriftsList()) {
                ObjectNode result = result(results, drift, "error", workload.getWorkload(), "");
                String hash = hash(workload.getWorkload(), drift);
                result.putObject("partialFingerprints")
                        .put("snowmeltWorkloadDrift/v1", hash)
                        .put("primaryLocationLineHash", hash);
            }
        }
    }

    /// @param instance empty: the drift is the workload's own
    private static ObjectNode result(ArrayNode results, Drift drift, String level, String workload, String instance) {
        ObjectNode result = results.addObject().put("ruleId", drift.getKind().name());
        int rule = SarifRules.index(drift.getKind());
        if (rule >= 0) {
            result.put("ruleIndex", rule);
        }
        result.put("level", level).put("kind", "fail");
        String where = instance.isEmpty() ? workload : instance + " of " + workload;
        result.putObject("message").put("text", DriftText.whole(drift) + " in " + where);
        ObjectNode location = result.putArray("locations").addObject();
        // There is no file, but readers of SARIF (GitHub's is one) drop what has none: the path names the workload.
        ObjectNode physical = location.putObject("physicalLocation");
        physical.putObject("artifactLocation").put("uri", uri(workload));
        physical.putObject("region").put("startLine", 1);
        ArrayNode logical = location.putArray("logicalLocations");
        if (!instance.isEmpty()) {
            logical.addObject()
                    .put("name", name(instance))
                    .put("fullyQualifiedName", instance)
                    .put("kind", "instance");
        }
        logical.addObject()
                .put("name", workload.substring(workload.lastIndexOf('/') + 1))
                .put("fullyQualifiedName", workload)
                .put("kind", "workload");
        return result;
    }

    private static String name(String instance) {
        try {
            return InstanceId.parse(instance).name();
        } catch (MalformedIdException _) {
            return instance;
        }
    }

    /// A relative reference: `k8s/prod-eu/shop/Deployment/cart`.
    private static String uri(String workload) {
        return Arrays.stream(workload.replaceFirst(":", "/").split("/"))
                .map(segment ->
                        URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    /// The same for the same finding in every scan.
    private static String hash(String workload, Drift drift) {
        return sha256(workload.getBytes(StandardCharsets.UTF_8), new byte[1], drift.toByteArray());
    }

    private static String sha256(byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
