package dev.snowmelt.schemas.id;

import java.nio.charset.StandardCharsets;

/// Ids are joined by `/` inside and by `|` in record keys; names that hold either (Auto Scaling
/// groups may) are percent-encoded.
final class Segments {
    private Segments() {}

    static String encode(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (mustEncode(name.charAt(i))) {
                return encodeFrom(name, i);
            }
        }
        return name;
    }

    private static String encodeFrom(String name, int first) {
        var out = new StringBuilder(name.length() + 8).append(name, 0, first);
        for (int i = first; i < name.length(); i++) {
            char c = name.charAt(i);
            if (mustEncode(c)) {
                out.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean mustEncode(char c) {
        return c == '/' || c == '|' || c == '%' || c <= ' ' || c == 127;
    }

    /// @throws IllegalArgumentException when a `%` is not followed by two hexadecimal digits
    static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        var out = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                if (i + 2 >= segment.length()) {
                    throw new IllegalArgumentException("unfinished escape in '" + segment + "'");
                }
                int high = Character.digit(segment.charAt(i + 1), 16);
                int low = Character.digit(segment.charAt(i + 2), 16);
                if (high < 0 || low < 0 || !mustEncode((char) (high << 4 | low))) {
                    throw new IllegalArgumentException("bad escape in '" + segment + "'");
                }
                out.append((char) (high << 4 | low));
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    static boolean isPlain(String name) {
        // Asked some times for every observation: no stream, and no bytes of what is short in any encoding.
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/' || c == '|' || c <= ' ' || c == 127) {
                return false;
            }
        }
        return !name.isEmpty() && (name.length() <= 512 / 3 || name.getBytes(StandardCharsets.UTF_8).length <= 512);
    }
}
