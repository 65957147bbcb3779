package dev.snowmelt.cli.scan;

import dev.snowmelt.cli.output.Format;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.ScanReport;

/// Reports in every format.
public final class Reports {
    private Reports() {}

    /// The whole text, ending with a line break.
    ///
    /// @param version Snowmelt's
    public static String text(ScanReport report, Format format, String version) {
        return switch (format) {
            case TABLE -> String.join("\n", ReportTables.lines(report)) + "\n";
            case JSON -> MessageText.pretty(report) + "\n";
            case YAML -> MessageText.yaml(report);
            case JUNIT -> JUnitReport.xml(report);
            case SARIF -> SarifReport.json(report, version) + "\n";
        };
    }
}
