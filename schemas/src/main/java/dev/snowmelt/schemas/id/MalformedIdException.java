package dev.snowmelt.schemas.id;

/// A text that should be an id is none; the message says what was read and what an id looks like.
public final class MalformedIdException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedIdException(String text, String expected) {
        super("'" + text + "' is not " + expected);
    }
}
