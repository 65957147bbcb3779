package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.kubernetes.ApiException.Cause;

/// What the API server's refusals are called, for people.
final class ApiErrors {
    private ApiErrors() {}

    /// @param code HTTP status
    /// @param deed verb and resource, for example `list pods in API group '' at cluster scope`
    /// @param grant the verbs that an RBAC rule must allow
    /// @param said the server's own message; empty: none
    static ApiException refused(int code, String deed, String grant, String said) {
        return switch (code) {
            case 401 ->
                new ApiException(Cause.OTHER, "may not " + deed + ": the API server does not accept the credentials");
            case 403 ->
                new ApiException(Cause.FORBIDDEN, "may not " + deed + ": grant " + grant + " (see README, RBAC)");
            case 404 ->
                new ApiException(Cause.NOT_FOUND, "cannot " + deed + ": " + (said.isEmpty() ? "not found" : said));
            case 410 -> new ApiException(Cause.EXPIRED, "cannot " + deed + ": " + said);
            case 400, 422 -> new ApiException(Cause.UNSUPPORTED, "cannot " + deed + ": " + said);
            default ->
                new ApiException(
                        Cause.OTHER,
                        "cannot " + deed + ": the API server answered " + code + (said.isEmpty() ? "" : ", " + said));
        };
    }
}
