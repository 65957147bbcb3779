package dev.snowmelt.fingerprint.judge;

/// What a workload without a declaration is judged by.
public enum Undeclared {
    /// By nothing: its instances are UNDECLARED.
    REPORT,
    /// By its template, where that pins digests.
    TRUST_TEMPLATE
}
