package dev.snowmelt.cli.scan;

/// Text that may stand in XML 1.0.
final class XmlText {
    private static final int REPLACEMENT = 0xFFFD;

    private XmlText() {}

    /// The same with every character that is no `Char` of XML 1.0 (controls, lone surrogates) replaced by U+FFFD: such
    /// a character cannot even be escaped.
    static String legal(String text) {
        var legal = new StringBuilder(text.length());
        text.codePoints().map(c -> legal(c) ? c : REPLACEMENT).forEach(legal::appendCodePoint);
        return legal.toString();
    }

    private static boolean legal(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c <= 0xFFFD)
                || (c >= 0x10000 && c <= 0x10FFFF);
    }
}
