package dev.snowmelt.schemas.text;

import com.google.protobuf.Message;
import dev.snowmelt.v1.Problem;
import java.util.List;

/// One document of a text, read as a message.
///
/// @param number counts from 1 within the text, empty documents left out
/// @param message what could be read; incomplete when there are problems
/// @param problems every fault, in the order of the text; empty: `message` is all that was written
public record Document<M extends Message>(int number, M message, List<Problem> problems) {
    /// Keeps a copy of the problems.
    public Document {
        problems = List.copyOf(problems);
    }
}
