package dev.snowmelt.sources.manifest;

import org.jspecify.annotations.Nullable;

/// One document of a YAML text.
///
/// @param number counts from 1, empty documents included, as people count the `---`
/// @param source what Helm says the document was rendered from (`# Source: …`); empty: nothing
/// @param tree maps, lists, texts, numbers, truths; null: the document is empty
record YamlDocument(int number, String source, @Nullable Object tree) {
    /// True when there is nothing but comments in it.
    boolean empty() {
        return tree == null;
    }
}
