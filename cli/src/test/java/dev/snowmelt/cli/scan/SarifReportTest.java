package dev.snowmelt.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SarifReportTest {
    private static Schema schema;

    @BeforeAll
    static void readTheOfficialSchema() throws Exception {
        try (InputStream in = SarifReportTest.class.getResourceAsStream("/schema/sarif-schema-2.1.0.json")) {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(in, InputFormat.JSON);
        }
    }

    @Test
    void everyReportObeysTheSchema() {
        assertThat(Stream.of(
                                Samples.clean(),
                                Samples.everything(),
                                Samples.report(ScanReport.Result.INCOMPLETE).build())
                        .flatMap(report ->
                                schema.validate(SarifReport.json(report, "1.2.3"), InputFormat.JSON).stream()))
                .isEmpty();
    }

    @Test
    void theSchemaRefusesWhatIsNotSarif() {
        String broken = SarifReport.json(Samples.clean(), "1.2.3").replace("\"executionSuccessful\"", "\"successful\"");

        assertThat(schema.validate(broken, InputFormat.JSON)).isNotEmpty();
    }

    @Test
    void everyDriftIsAResultThatNamesItsInstanceAndWorkload() {
        JsonNode run = run(Samples.everything());

        assertThat(run.get("results").size()).isEqualTo(4);
        JsonNode first = run.get("results").get(0);
        assertThat(first.get("ruleId").stringValue()).isEqualTo("IMAGE_MISMATCH");
        assertThat(run.at("/tool/driver/rules")
                        .get(first.get("ruleIndex").intValue())
                        .get("id")
                        .stringValue())
                .isEqualTo("IMAGE_MISMATCH");
        assertThat(first.get("level").stringValue()).isEqualTo("error");
        assertThat(first.at("/locations/0/logicalLocations/0/fullyQualifiedName")
                        .stringValue())
                .isEqualTo(Samples.POD);
        assertThat(first.at("/locations/0/logicalLocations/1/fullyQualifiedName")
                        .stringValue())
                .isEqualTo(Samples.CART);
        assertThat(first.at("/locations/0/physicalLocation/artifactLocation/uri")
                        .stringValue())
                .isEqualTo("k8s/prod-eu/shop/Deployment/cart");
        assertThat(first.at("/partialFingerprints/snowmeltVerdict~1v1").stringValue())
                .isEqualTo("0123456789abcdef0123456789abcdef");
        JsonNode outdated = run.get("results").get(2);
        assertThat(outdated.get("level").stringValue()).isEqualTo("warning");
        JsonNode ofWorkload = run.get("results").get(3);
        assertThat(ofWorkload.get("ruleId").stringValue()).isEqualTo("TEMPLATE_UNPINNED");
        assertThat(ofWorkload
                        .at("/locations/0/logicalLocations/0/fullyQualifiedName")
                        .stringValue())
                .isEqualTo(Samples.CART);
    }

    @Test
    void fingerprintsAreTheSameInTheNextScan() {
        ScanReport next = Samples.everything().toBuilder()
                .setScan("5-4711")
                .setFinished(Samples.at(1000))
                .build();

        assertThat(fingerprints(run(next)))
                .isEqualTo(fingerprints(run(Samples.everything())))
                .doesNotHaveDuplicates();
    }

    @Test
    void anIncompleteScanWasNotSuccessfulAndSaysWhy() {
        JsonNode invocation = run(Samples.everything()).get("invocations").get(0);

        assertThat(invocation.get("executionSuccessful").booleanValue()).isFalse();
        assertThat(invocation.get("exitCode").intValue()).isEqualTo(3);
        assertThat(invocation.at("/toolExecutionNotifications/0/message/text").stringValue())
                .startsWith("k8s:prod-us: its collector did not answer in time");
        assertThat(invocation.at("/toolExecutionNotifications/1/message/text").stringValue())
                .startsWith("k8s:prod-eu/shop/Deployment/nowhere");
        assertThat(invocation.at("/toolExecutionNotifications/2/level").stringValue())
                .isEqualTo("warning");
        assertThat(run(Samples.clean()).at("/invocations/0/executionSuccessful").booleanValue())
                .isTrue();
    }

    @Test
    void scansOfOtherScopesAreOfAnotherCategory() {
        String all = id(Samples.clean(), "{}");
        String prod = id(Samples.clean(), "{\"targets\":[\"k8s:prod-us\",\"k8s:prod-eu\"]}");
        String staging = id(Samples.clean(), "{\"targets\":[\"k8s:staging\"]}");
        String cart = id(Samples.clean(), "{\"targets\":[\"k8s:prod-eu\"],\"workloads\":[\"" + Samples.CART + "\"]}");

        assertThat(all).isEqualTo("snowmelt/all/3-17");
        assertThat(prod).isEqualTo("snowmelt/k8s:prod-eu+k8s:prod-us/3-17");
        assertThat(staging).isEqualTo("snowmelt/k8s:staging/3-17");
        assertThat(cart).isEqualTo("snowmelt/" + Samples.CART + "/3-17");
    }

    @Test
    void theCategoryOfALargeScopeIsShortAndTheSameInEveryScan() {
        var many = IntStream.range(0, 100)
                .mapToObj(i -> "\"k8s:cluster-" + i + "\"")
                .toList();
        String scope = "{\"targets\":[" + String.join(",", many) + "]}";
        String reversed = "{\"targets\":[" + String.join(",", many.reversed()) + "]}";

        String id = id(Samples.clean(), scope);

        assertThat(id)
                .matches("snowmelt/[0-9a-f]{32}/3-17")
                .isEqualTo(id(Samples.clean(), reversed))
                .isNotEqualTo(id(Samples.clean(), scope.replace("cluster-7\"", "other\"")));
    }

    private static String id(ScanReport report, String scope) {
        ScanRequest.Builder request = ScanRequest.newBuilder();
        try {
            JsonFormat.parser().merge(scope, request.getScopeBuilder());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        return run(report.toBuilder().setRequest(request).build())
                .at("/automationDetails/id")
                .stringValue();
    }

    @Test
    void everyKindOfDriftIsARule() {
        List<String> ids = run(Samples.clean())
                .at("/tool/driver/rules")
                .valueStream()
                .map(rule -> rule.get("id").stringValue())
                .toList();

        assertThat(ids).hasSize(Drift.Kind.values().length - 2).contains("IMAGE_UNRESOLVED", "COHORT_SPLIT");
    }

    private static List<String> fingerprints(JsonNode run) {
        return run.get("results")
                .valueStream()
                .map(result -> result.get("partialFingerprints").toString())
                .toList();
    }

    private static JsonNode run(ScanReport report) {
        return JsonMapper.shared()
                .readTree(SarifReport.json(report, "1.2.3"))
                .get("runs")
                .get(0);
    }
}
