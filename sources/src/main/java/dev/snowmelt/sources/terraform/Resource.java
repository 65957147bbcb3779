package dev.snowmelt.sources.terraform;

import tools.jackson.databind.JsonNode;

/// One resource instance of a state or a plan.
///
/// @param address unique, for example `module.web.aws_autoscaling_group.this[0]`
/// @param module address of the module instance; empty: the root
/// @param data true: a data source, which is read and not managed
/// @param type for example `aws_autoscaling_group`
/// @param name the block's name
/// @param values what is kept of its attributes; unknown ones are absent
/// @param sensitive the same structure, `true` where a value must not be shown
record Resource(
        String address, String module, boolean data, String type, String name, JsonNode values, JsonNode sensitive) {
    /// The block that it is an instance of, as references in its module name it.
    String block() {
        return (data ? "data." : "") + type + "." + name;
    }

    /// A text attribute; empty: absent, unknown, or no text.
    String text(String key) {
        return text(values.path(key));
    }

    /// True when an attribute must not be shown.
    boolean hides(String key) {
        return truth(sensitive) || truth(sensitive.path(key));
    }

    /// A text; empty: none.
    static String text(JsonNode node) {
        return node.isString() ? node.stringValue() : "";
    }

    /// True when a node says `true`.
    static boolean truth(JsonNode node) {
        return node.isBoolean() && node.booleanValue();
    }
}
