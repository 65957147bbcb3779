package dev.snowmelt.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.output.Wrapped;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTablesTest {
    @Test
    void aCleanReportIsShort() {
        assertThat(ReportTables.lines(Samples.clean()))
                .containsExactly(
                        "Scan 3-17: CLEAN, took 2.0s",
                        "",
                        "TARGET       COMPLETE  COLLECTOR               SEEN",
                        "k8s:prod-eu  yes       kubernetes/k8s:prod-eu  1s ago",
                        "",
                        "5 instances: 5 conformant, 0 outdated, 0 drifted, 0 undeclared, 0 unverified");
    }

    @Test
    void whatIsWrongIsShownInWholeSentencesWithinAHundredColumns() {
        List<String> lines = ReportTables.lines(Samples.everything());

        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
        assertThat(lines)
                .contains("Scan 3-17: INCOMPLETE, took 2.0s")
                .contains("  k8s:prod-eu/shop/Deployment/nowhere: nobody declared it and nobody has seen it")
                .contains("k8s:prod-us  NO        -                       -")
                .contains("and 1 without drift")
                .contains("and 7 more that the report does not list")
                .contains("  TEMPLATE_UNPINNED cart: observed registry.example/shop/cart:1.2")
                .contains("  DRIFTED cart-7d9f-x2x4l")
                .contains("    CONTAINER_UNEXPECTED miner: observed miner:latest")
                .contains("  OUTDATED cart-7d9f-zzzzz runs revision 3 of 4")
                .contains("1 more drifted instances follow: add --all, or --after with the cursor of --output json");
        String text = String.join(" ", lines).replaceAll(" +", " ");
        assertThat(text)
                .contains(
                        "its collector did not answer in time, and it should be looked at whether it runs,"
                                + " whether it reaches the API server, and whether its rights still are those of docs/rbac.yaml")
                .contains("shop/cart@sha256:aaaaaaaaaaaa…")
                .contains("shop/cart@sha256:bbbbbbbbbbbb…");
    }

    @Test
    void undeclaredInstancesAreShownThoughTheScanIsClean() {
        ScanReport report = Samples.clean().toBuilder()
                .addWorkloads(
                        WorkloadCount.newBuilder().setWorkload(Samples.CART).setUndeclared(2))
                .setTotal(WorkloadCount.newBuilder().setConformant(5).setUndeclared(2))
                .build();

        assertThat(ReportTables.lines(report))
                .contains("k8s:prod-eu/shop/Deployment/cart   0         0        0           2           0       -")
                .contains("7 instances: 5 conformant, 0 outdated, 0 drifted, 2 undeclared, 0 unverified");
    }

    @Test
    void aWordThatIsLongerThanALineGoesOnInTheNext() {
        assertThat(Wrapped.lines("- ", "  ", "ab " + "x".repeat(12) + " cd", 10))
                .containsExactly("- ab", "  xxxxxxxx", "  xxxx cd");
    }
}
