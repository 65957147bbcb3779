package dev.snowmelt.sources.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// What Docker's configuration holds for one registry. Never printed.
sealed interface Credentials {
    /// A name and a password (or an access token that stands in for one).
    record Basic(String user, String password) implements Credentials {
        String header() {
            return "Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "Basic[user=" + user + "]";
        }
    }

    /// A token that is exchanged for access tokens, as `docker login` keeps it for some registries.
    record Identity(String token) implements Credentials {
        @Override
        public String toString() {
            return "Identity[]";
        }
    }
}
