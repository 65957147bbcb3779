package dev.snowmelt.cli.output;

/// How results are printed.
public enum Format {
    /// For people.
    TABLE,
    /// One JSON document, indented.
    JSON,
    /// One YAML document.
    YAML,
    /// JUnit XML, of reports of scans only.
    JUNIT,
    /// SARIF 2.1.0, of reports of scans only.
    SARIF;

    /// True for what only `scan` can print.
    public boolean ofScans() {
        return this == JUNIT || this == SARIF;
    }
}
