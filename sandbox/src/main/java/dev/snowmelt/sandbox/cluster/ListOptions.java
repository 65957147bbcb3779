package dev.snowmelt.sandbox.cluster;

import dev.snowmelt.sandbox.cluster.Refusal.Fault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The query of a list or watch, checked as the API server checks it.
///
/// @param version resourceVersion asked for; null for none
/// @param match `Exact`, `NotOlderThan` or null
/// @param limit 0 for no limit
/// @param initialEvents whether the watch starts with the state as ADDED events and a marking bookmark; null
/// when not said
record ListOptions(
        Selector selector,
        boolean selective,
        @Nullable Long version,
        @Nullable String match,
        int limit,
        @Nullable String continueToken,
        @Nullable Boolean initialEvents,
        boolean bookmarks,
        int timeoutSeconds) {

    static ListOptions of(Request request, boolean watchList) {
        String labels = request.param("labelSelector");
        String fields = request.param("fieldSelector");
        String version = request.param("resourceVersion");
        String match = request.param("resourceVersionMatch");
        String initial = request.param("sendInitialEvents");
        boolean watch = request.verb().equals("watch");
        validate(version, match, request.param("continue"), initial, watch, watchList);
        Selector selector = Selector.parse(request.type(), labels, fields);
        return new ListOptions(
                selector,
                !selector.isEmpty(),
                version == null ? null : number("resourceVersion", version),
                match,
                (int) Math.min(
                        Integer.MAX_VALUE, number("limit", request.query().getOrDefault("limit", "0"))),
                request.param("continue"),
                initial == null ? null : Boolean.valueOf(request.flag("sendInitialEvents")),
                request.flag("allowWatchBookmarks"),
                (int) number("timeoutSeconds", request.query().getOrDefault("timeoutSeconds", "0")));
    }

    private static void validate(
            @Nullable String version,
            @Nullable String match,
            @Nullable String continueToken,
            @Nullable String initial,
            boolean watch,
            boolean watchList) {
        List<Fault> faults = new ArrayList<>();
        if (initial != null) {
            if (!watch) {
                faults.add(Validation.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
            } else if (!watchList) {
                faults.add(Validation.forbidden(
                        "sendInitialEvents",
                        "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"));
            } else if (!"NotOlderThan".equals(match)) {
                faults.add(Validation.forbidden(
                        "resourceVersionMatch",
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
            }
        }
        if (match != null) {
            if (watch && (initial == null || !watchList)) {
                faults.add(Validation.forbidden(
                        "resourceVersionMatch",
                        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
            }
            if (!watch && version == null) {
                faults.add(Validation.forbidden(
                        "resourceVersionMatch",
                        "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }
            if (continueToken != null) {
                faults.add(Validation.forbidden(
                        "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
            }
            if (!List.of("Exact", "NotOlderThan").contains(match)) {
                faults.add(new Fault(
                        "FieldValueNotSupported",
                        "resourceVersionMatch",
                        "Unsupported value: \"%s\": supported values: \"Exact\", \"NotOlderThan\", \"\""
                                .formatted(match)));
            }
            if (match.equals("Exact") && "0".equals(version)) {
                faults.add(Validation.forbidden(
                        "resourceVersionMatch",
                        "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if (!faults.isEmpty()) {
            throw Refusal.invalid("meta.k8s.io", "ListOptions", "", faults);
        }
    }

    private static long number(String name, String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw Refusal.badRequest(
                    "invalid %s \"%s\": strconv.ParseUint: parsing \"%s\": invalid syntax".formatted(name, text, text));
        }
    }
}
