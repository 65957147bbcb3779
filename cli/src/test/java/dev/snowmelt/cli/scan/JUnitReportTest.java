package dev.snowmelt.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.ScanReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

class JUnitReportTest {
    @Test
    void aCleanScanHasNoComplaints() throws Exception {
        Document document = valid(Samples.clean());

        assertThat(elements(document, "testsuite")).singleElement().satisfies(suite -> {
            assertThat(suite.getAttribute("name")).isEqualTo("k8s:prod-eu");
            assertThat(suite.getAttribute("tests")).isEqualTo("2");
            assertThat(suite.getAttribute("failures")).isEqualTo("0");
            assertThat(suite.getAttribute("errors")).isEqualTo("0");
            assertThat(suite.getAttribute("time")).isEqualTo("2.000");
            assertThat(suite.getAttribute("timestamp")).isEqualTo("2026-09-21T14:13:20");
        });
        assertThat(elements(document, "testcase"))
                .extracting(each -> each.getAttribute("name"))
                .containsExactly("everything was seen", "shop/Deployment/web");
    }

    @Test
    void driftIsAFailureAndWhatWasNotSeenIsAnError() throws Exception {
        Document document = valid(Samples.everything());

        assertThat(elements(document, "testsuite"))
                .extracting(
                        suite -> suite.getAttribute("name"),
                        suite -> suite.getAttribute("tests"),
                        suite -> suite.getAttribute("failures"),
                        suite -> suite.getAttribute("errors"))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("k8s:prod-eu", "5", "1", "1"),
                        org.assertj.core.groups.Tuple.tuple("k8s:prod-us", "1", "0", "1"),
                        org.assertj.core.groups.Tuple.tuple("scan", "1", "0", "1"));
        assertThat(elements(document, "failure")).singleElement().satisfies(failure -> {
            assertThat(((Element) failure.getParentNode()).getAttribute("name")).isEqualTo("shop/Deployment/cart");
            assertThat(failure.getAttribute("message"))
                    .isEqualTo("2 drifted and 1 outdated of 20 instances, and the workload itself drifts");
            assertThat(failure.getTextContent().lines())
                    .contains("TEMPLATE_UNPINNED cart: observed registry.example/shop/cart:1.2")
                    .contains("DRIFTED " + Samples.POD)
                    .contains("  CONTAINER_UNEXPECTED miner: observed miner:latest")
                    .contains("(this report does not list all drifts: 1 follow)");
        });
        assertThat(elements(document, "error"))
                .extracting(each -> each.getAttribute("message"))
                .contains("3 instances cannot be told yet")
                .contains(Samples.silent("k8s:prod-us").getProblem());
    }

    @Test
    void aTemplateThatCannotBeToldIsAnErrorAndNoFailure() throws Exception {
        Document document = valid(Samples.untoldTemplate());

        assertThat(elements(document, "failure")).isEmpty();
        assertThat(elements(document, "error")).singleElement().satisfies(error -> {
            assertThat(((Element) error.getParentNode()).getAttribute("name")).isEqualTo("shop/Deployment/web");
            assertThat(error.getAttribute("message")).isEqualTo("its template cannot be told yet");
        });
    }

    @Test
    void aScanThatSawNothingIsAnError() throws Exception {
        Document document = valid(Samples.report(ScanReport.Result.INCOMPLETE).build());

        assertThat(elements(document, "error")).hasSize(1);
    }

    @Test
    void namesOfTheClusterCannotBreakTheFile() throws Exception {
        String hostile = "<script>\"&'\u0000\u001b[31m\uFFFE\uD800 ]]> \uD83D\uDE00";
        ScanReport report = Samples.everything().toBuilder()
                .setDrifts(0, Samples.drifted(Samples.POD, hostile, hostile))
                .addProblems(hostile)
                .build();

        Document document = valid(report);

        String legal = "<script>\"&'\uFFFD\uFFFD[31m\uFFFD\uFFFD ]]> \uD83D\uDE00";
        assertThat(elements(document, "failure").getFirst().getTextContent()).contains("observed " + legal);
        assertThat(elements(document, "error"))
                .extracting(each -> each.getAttribute("message"))
                .contains(legal);
    }

    private static Document valid(ScanReport report) throws Exception {
        String xml = JUnitReport.xml(report);
        byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
        validate(bytes);
        return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
    }

    private static void validate(byte[] xml) throws SAXException, IOException {
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(JUnitReportTest.class.getResource("junit.xsd"))
                .newValidator()
                .validate(new StreamSource(new ByteArrayInputStream(xml)));
    }

    private static List<Element> elements(Document document, String name) {
        List<Element> elements = new ArrayList<>();
        var nodes = document.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
