package dev.snowmelt.sources;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads what people hand in without trusting its size.
public final class Input {
    private Input() {}

    /// All of a stream as text. The stream is not closed.
    ///
    /// @param place for faults
    /// @param limit bytes
    /// @throws SourceException when it is longer, or no UTF-8
    public static String text(String place, InputStream in, int limit) throws IOException, SourceException {
        byte[] bytes = in.readNBytes(limit + 1);
        if (bytes.length > limit) {
            throw new SourceException(
                    place, "is larger than " + (limit >> 20) + " MiB; that is more than is read at once, so split it");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException _) {
            throw new SourceException(place, "is not UTF-8 text");
        }
    }
}
