package dev.snowmelt.sources.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One way to prove who asks, as the header `WWW-Authenticate` offers it (RFC 9110, section
/// 11.6.1).
///
/// @param scheme in lower case, `basic` or `bearer`
/// @param parameters by their names in lower case
record Challenge(String scheme, Map<String, String> parameters) {
    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /// A parameter; empty when it is not there.
    String get(String name) {
        return parameters.getOrDefault(name, "");
    }

    /// What a registry's client can use of the offers: a token before a password.
    static Optional<Challenge> choose(List<String> headers) {
        List<Challenge> all = new ArrayList<>();
        headers.forEach(header -> all.addAll(new Scanner(header).challenges()));
        return all.stream()
                .filter(challenge -> challenge.scheme().equals("bearer"))
                .findFirst()
                .or(() -> all.stream()
                        .filter(challenge -> challenge.scheme().equals("basic"))
                        .findFirst());
    }

    /// Reads a header from left to right: schemes are words that no equals sign follows.
    private static final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        List<Challenge> challenges() {
            List<Challenge> found = new ArrayList<>();
            String scheme = "";
            Map<String, String> parameters = new HashMap<>();
            while (skipped()) {
                String word = word();
                if (word.isEmpty()) {
                    at++; // what no header has: go on behind it
                } else if (at < text.length() && text.charAt(at) == '=') {
                    at++;
                    parameters.put(word.toLowerCase(Locale.ROOT), value());
                } else {
                    add(found, scheme, parameters);
                    scheme = word.toLowerCase(Locale.ROOT);
                    parameters.clear();
                }
            }
            add(found, scheme, parameters);
            return found;
        }

        private static void add(List<Challenge> found, String scheme, Map<String, String> parameters) {
            if (!scheme.isEmpty()) {
                found.add(new Challenge(scheme, parameters));
            }
        }

        private boolean skipped() {
            while (at < text.length()
                    && (text.charAt(at) == ' ' || text.charAt(at) == ',' || text.charAt(at) == '\t')) {
                at++;
            }
            return at < text.length();
        }

        private String word() {
            int from = at;
            while (at < text.length() && " ,=\"\t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(from, at);
        }

        private String value() {
            if (at >= text.length() || text.charAt(at) != '"') {
                return word();
            }
            var value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at++;
            return value.toString();
        }
    }
}
