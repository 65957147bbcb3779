package dev.snowmelt.cli.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.Verdict;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// A report as JUnit XML: a suite for each target, a case for each workload, and one for whether
/// all of the target was seen. It obeys the stricter of the schemas in use, that of Ant's reports,
/// which Jenkins, GitLab and others read too.
public final class JUnitReport {
    private static final String SCAN = "scan";

    private final ScanReport report;
    private final Map<String, List<Case>> suites = new TreeMap<>();

    /// What became of a case.
    private enum Outcome {
        PASSED,
        FAILURE,
        ERROR
    }

    /// @param type what went wrong, in one word; empty: nothing
    /// @param message one line
    /// @param text all of it
    private record Case(String name, Outcome outcome, String type, String message, String text) {
        static Case passed(String name) {
            return new Case(name, Outcome.PASSED, "", "", "");
        }

        static Case error(String name, String type, String message) {
            return new Case(name, Outcome.ERROR, type, message, message);
        }
    }

    private JUnitReport(ScanReport report) {
        this.report = report;
    }

    /// The document, ending with a line break.
    public static String xml(ScanReport report) {
        var junit = new JUnitReport(report);
        junit.collect();
        var text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            junit.write(xml);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("text cannot fail to be written", e);
        }
        return text.append('\n').toString();
    }

    private void collect() {
        for (ScanReport.TargetAnswer target : report.getTargetsList()) {
            suite(target.getTarget())
                    .add(
                            target.getComplete()
                                    ? Case.passed("everything was seen")
                                    : Case.error("everything was seen", "incomplete", target.getProblem()));
        }
        Map<String, List<String>> texts = texts();
        for (ScanReport.WorkloadCount count : report.getWorkloadsList()) {
            suite(target(count.getWorkload())).add(of(count, texts.getOrDefault(count.getWorkload(), List.of())));
        }
        report.getProblemsList().forEach(problem -> suite(SCAN).add(Case.error("complete", "incomplete", problem)));
        if (suites.isEmpty()) {
            boolean clean = report.getResult() == ScanReport.Result.CLEAN;
            suite(SCAN)
                    .add(
                            clean
                                    ? Case.passed("complete")
                                    : Case.error("complete", "incomplete", "the scan ended " + report.getResult()));
        }
    }

    private List<Case> suite(String target) {
        return suites.computeIfAbsent(target, _ -> new ArrayList<>());
    }

    private static String target(String workload) {
        try {
            return WorkloadId.parse(workload).target().toString();
        } catch (MalformedIdException _) {
            return SCAN;
        }
    }

    /// What is listed of each workload's drifts.
    private Map<String, List<String>> texts() {
        Map<String, List<String>> texts = new TreeMap<>();
        report.getWorkloadDriftsList()
                .forEach(each -> each.getDriftsList()
                        .forEach(drift -> texts.computeIfAbsent(each.getWorkload(), _ -> new ArrayList<>())
                                .add(DriftText.whole(drift))));
        for (Verdict verdict : report.getDriftsList()) {
            List<String> text = texts.computeIfAbsent(verdict.getWorkload(), _ -> new ArrayList<>());
            text.add(verdict.getState() + " " + verdict.getInstance());
            verdict.getDriftsList().forEach(drift -> text.add("  " + DriftText.whole(drift)));
        }
        return texts;
    }

    private Case of(ScanReport.WorkloadCount count, List<String> texts) {
        String name = name(count.getWorkload());
        if (Findings.drifted(count)) {
            List<String> text = new ArrayList<>(texts);
            if (!report.getCursor().isEmpty()) {
                text.add("(this report does not list all drifts: " + report.getDriftsOmitted() + " follow)");
            }
            String itself = count.getDrifts() ? ", and the workload itself drifts" : "";
            String message = count.getDrifted() + " drifted and " + count.getOutdated() + " outdated of "
                    + Findings.instances(count) + " instances" + itself;
            return new Case(name, Outcome.FAILURE, "drift", message, String.join("\n", text));
        }
        if (count.getUnverified() > 0) {
            return Case.error(name, "unverified", count.getUnverified() + " instances cannot be told yet");
        }
        return count.getTemplatesUnresolved() > 0
                ? Case.error(name, "unresolved", "its template cannot be told yet")
                : Case.passed(name);
    }

    /// The workload without its target, which is the suite.
    private static String name(String workload) {
        int slash = workload.indexOf('/');
        return slash < 0 ? workload : workload.substring(slash + 1);
    }

    private void write(XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("testsuites");
        int id = 0;
        for (Map.Entry<String, List<Case>> suite : suites.entrySet()) {
            write(xml, suite.getKey(), id++, suite.getValue());
        }
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void write(XMLStreamWriter xml, String target, int id, List<Case> cases) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        attribute(xml, "package", "snowmelt");
        attribute(xml, "id", Integer.toString(id));
        attribute(xml, "name", target);
        attribute(xml, "timestamp", started());
        attribute(xml, "hostname", "localhost");
        attribute(xml, "tests", Integer.toString(cases.size()));
        attribute(xml, "failures", Long.toString(count(cases, Outcome.FAILURE)));
        attribute(xml, "errors", Long.toString(count(cases, Outcome.ERROR)));
        attribute(xml, "time", seconds());
        xml.writeStartElement("properties");
        property(xml, "scan", report.getScan());
        property(xml, "result", report.getResult().name());
        property(xml, "workloadsNotListed", Integer.toString(report.getWorkloadsOmitted()));
        property(xml, "driftsNotListed", Integer.toString(report.getDriftsOmitted()));
        property(xml, "workloadDriftsNotListed", Integer.toString(report.getWorkloadDriftsOmitted()));
        xml.writeEndElement();
        for (Case each : cases) {
            write(xml, target, each);
        }
        xml.writeEmptyElement("system-out");
        xml.writeEmptyElement("system-err");
        xml.writeEndElement();
    }

    private static long count(List<Case> cases, Outcome outcome) {
        return cases.stream().filter(each -> each.outcome() == outcome).count();
    }

    private static void write(XMLStreamWriter xml, String target, Case each) throws XMLStreamException {
        xml.writeStartElement("testcase");
        attribute(xml, "name", each.name());
        attribute(xml, "classname", target);
        attribute(xml, "time", "0");
        if (each.outcome() != Outcome.PASSED) {
            xml.writeStartElement(each.outcome().name().toLowerCase(Locale.ROOT));
            attribute(xml, "message", each.message());
            attribute(xml, "type", each.type());
            xml.writeCharacters(XmlText.legal(each.text()));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void property(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeEmptyElement("property");
        attribute(xml, "name", name);
        attribute(xml, "value", value);
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, XmlText.legal(value));
    }

    /// The schema knows neither zones nor fractions of a second.
    private String started() {
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                Instant.ofEpochMilli(Timestamps.toMillis(report.getStarted()))
                        .truncatedTo(ChronoUnit.SECONDS)
                        .atOffset(ZoneOffset.UTC));
    }

    private String seconds() {
        long millis = Timestamps.toMillis(report.getFinished()) - Timestamps.toMillis(report.getStarted());
        return String.format(Locale.ROOT, "%.3f", Math.max(0, millis) / 1000.0);
    }
}
