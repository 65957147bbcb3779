package dev.snowmelt.cli;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An IAM policy as the documentation has it for people to copy.
///
/// @param json as it stands there
record IamPolicy(JsonNode json) {
    private static final Path DOCS = Path.of("..", "docs", "aws");

    /// @param name of its file in `docs/aws`
    static IamPolicy inDocs(String name) {
        return new IamPolicy(JsonMapper.shared().readTree(DOCS.resolve(name).toFile()));
    }

    /// Everything that it allows, sorted. Wildcards stay as they are, and so equal no call.
    Set<String> actions() {
        var actions = new TreeSet<String>();
        for (JsonNode statement : json.path("Statement").values()) {
            if (statement.path("Effect").asString().equals("Allow")) {
                JsonNode action = statement.path("Action");
                if (action.isArray()) {
                    action.valueStream().map(JsonNode::asString).forEach(actions::add);
                } else {
                    actions.add(action.asString());
                }
            }
        }
        return actions;
    }
}
