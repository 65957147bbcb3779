package dev.snowmelt.remediator.execute.kubernetes;

import org.jspecify.annotations.Nullable;

/// One request, in RBAC's words.
///
/// @param verb `get`, `create` or `patch`
/// @param group API group; empty for the core group
/// @param resource plural, for example `pods`
/// @param subresource for example `eviction`; null: none
/// @param namespace namespace
/// @param name name
record ApiCall(
        String verb,
        String group,
        String resource,
        @Nullable String subresource,
        String namespace,
        String name) {
    /// @throws IllegalArgumentException when namespace or name could not be an object's: both come from a topic and go
    /// into a path
    ApiCall {
        if (!isName(namespace) || !isName(name)) {
            throw new IllegalArgumentException("'" + namespace + "/" + name + "' is no Kubernetes name");
        }
    }

    static ApiCall get(String group, String resource, String namespace, String name) {
        return new ApiCall("get", group, resource, null, namespace, name);
    }

    /// The path below the server's address, without a leading slash.
    String path() {
        return (group.isEmpty() ? "api/v1" : "apis/" + group + "/v1")
                + "/namespaces/"
                + namespace
                + "/"
                + resource
                + "/"
                + name
                + (subresource == null ? "" : "/" + subresource);
    }

    /// For example `create pods/eviction in namespace shop`.
    String inWords() {
        return verb + " " + resource + (subresource == null ? "" : "/" + subresource) + " in namespace " + namespace;
    }

    // RFC 1123 subdomains: what every name of the kinds used here must be.
    static boolean isName(String text) {
        if (text.isEmpty() || text.length() > 253) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            boolean inside = i > 0 && i < text.length() - 1;
            if (!alphanumeric && !(inside && (c == '-' || (c == '.' && text.charAt(i - 1) != '.')))) {
                return false;
            }
        }
        return true;
    }
}
