package dev.snowmelt.cli.scan;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanReport.TargetAnswer;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanReport.WorkloadDrifts;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.Verdict;

/// Reports to lay out.
final class Samples {
    static final String CART = "k8s:prod-eu/shop/Deployment/cart";
    static final String WEB = "k8s:prod-eu/shop/Deployment/web";
    static final String POD = "k8s:prod-eu/shop/pod/cart-7d9f-x2x4l/0b9e8a6e-1c2d-4e5f-8a9b-0c1d2e3f4a5b";

    private static final String REPOSITORY = "registry.example/a/rather/long/path/to/the/repository/of/shop/cart";

    private Samples() {}

    static Timestamp at(long seconds) {
        return Timestamp.newBuilder()
                .setSeconds(1_790_000_000L + seconds)
                .setNanos(250_000_000)
                .build();
    }

    static TargetAnswer complete(String target) {
        return TargetAnswer.newBuilder()
                .setTarget(target)
                .setComplete(true)
                .setCollector("kubernetes/" + target)
                .setSnapshotAt(at(1))
                .build();
    }

    static TargetAnswer silent(String target) {
        return TargetAnswer.newBuilder()
                .setTarget(target)
                .setProblem(
                        "its collector did not answer in time, and it should be looked at whether it runs,"
                                + " whether it reaches the API server, and whether its rights still are those of docs/rbac.yaml")
                .build();
    }

    static ScanReport.Builder report(ScanReport.Result result) {
        return ScanReport.newBuilder()
                .setScan("3-17")
                .setResult(result)
                .setStarted(at(0))
                .setFinished(at(2))
                .setRequest(ScanRequest.newBuilder().setBy("alice"));
    }

    static ScanReport clean() {
        return report(ScanReport.Result.CLEAN)
                .addTargets(complete("k8s:prod-eu"))
                .addAnswered("k8s:prod-eu")
                .addWorkloads(WorkloadCount.newBuilder().setWorkload(WEB).setConformant(5))
                .setTotal(WorkloadCount.newBuilder().setConformant(5))
                .build();
    }

    static ScanReport untoldTemplate() {
        ScanReport.Builder report = clean().toBuilder().setResult(ScanReport.Result.INCOMPLETE);
        report.getWorkloadsBuilder(0).setTemplatesUnresolved(1);
        return report.build();
    }

    static Verdict drifted(String instance, String subject, String observed) {
        return Verdict.newBuilder()
                .setId("0123456789abcdef0123456789abcdef")
                .setWorkload(CART)
                .setInstance(instance)
                .setState(Verdict.State.DRIFTED)
                .setRevision(4)
                .setSince(at(-100))
                .addDrifts(Drift.newBuilder()
                        .setKind(Drift.Kind.IMAGE_MISMATCH)
                        .setSubject(subject)
                        .setDeclared(REPOSITORY + "@sha256:" + "a".repeat(64))
                        .setObserved(observed))
                .addDrifts(Drift.newBuilder()
                        .setKind(Drift.Kind.CONTAINER_UNEXPECTED)
                        .setSubject("miner")
                        .setObserved("miner:latest"))
                .build();
    }

    static Verdict outdated(String instance) {
        return Verdict.newBuilder()
                .setId("fedcba9876543210fedcba9876543210")
                .setWorkload(CART)
                .setInstance(instance)
                .setState(Verdict.State.OUTDATED)
                .setRevision(4)
                .setMatchedRevision(3)
                .setSince(at(-10))
                .addDrifts(Drift.newBuilder().setKind(Drift.Kind.IMAGE_MISMATCH).setSubject("cart"))
                .build();
    }

    static WorkloadCount.Builder cart() {
        return WorkloadCount.newBuilder()
                .setConformant(17)
                .setOutdated(1)
                .setDrifted(2)
                .setDrifts(true);
    }

    /// Everything that can be wrong, at once.
    static ScanReport everything() {
        return report(ScanReport.Result.INCOMPLETE)
                .addTargets(complete("k8s:prod-eu"))
                .addTargets(silent("k8s:prod-us"))
                .addAnswered("k8s:prod-eu")
                .addSilent("k8s:prod-us")
                .addWorkloads(cart().setWorkload(CART))
                .addWorkloads(WorkloadCount.newBuilder().setWorkload(WEB).setConformant(5))
                .addWorkloads(WorkloadCount.newBuilder()
                        .setWorkload("k8s:prod-eu/shop/StatefulSet/db")
                        .setUnverified(3))
                .addWorkloads(WorkloadCount.newBuilder()
                        .setWorkload("k8s:prod-eu/kube-system/DaemonSet/kube-proxy")
                        .setUndeclared(3))
                .setWorkloadsOmitted(7)
                .setTotal(cart().setConformant(22).setUndeclared(3).setUnverified(3))
                .addDrifts(drifted(POD, "cart", REPOSITORY + "@sha256:" + "b".repeat(64)))
                .addDrifts(outdated(POD.replace("x2x4l", "zzzzz")))
                .addWorkloadDrifts(WorkloadDrifts.newBuilder()
                        .setWorkload(CART)
                        .addDrifts(Drift.newBuilder()
                                .setKind(Drift.Kind.TEMPLATE_UNPINNED)
                                .setSubject("cart")
                                .setObserved("registry.example/shop/cart:1.2")))
                .setCursor(CART + "|" + POD.replace("x2x4l", "zzzzz"))
                .setDriftsOmitted(1)
                .addProblems("k8s:prod-eu/shop/Deployment/nowhere: nobody declared it and nobody has seen it")
                .build();
    }
}
