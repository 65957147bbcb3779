package dev.snowmelt.cli.output;

/// How results are printed.
public enum Format {
    /// For people.
    TABLE,
    /// One JSON document, indented.
    JSON,
    /// One YAML document.
    YAML
}
