package dev.snowmelt.sources.terraform;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What is kept of the output of `terraform show -json`.
///
/// @param plan true: of a plan; false: of a state
/// @param resources what is, or what a plan makes
/// @param prior of a plan: what was before it, data sources included
/// @param actions of a plan: what it does to a resource, by address
/// @param configuration of a plan: where the attributes of a block come from, by `module
/// path|block`
/// @param clusters of a plan: the provider configurations that its Kubernetes resources are under
/// @param count how many resources there are in all, those that are not looked at included
record Show(
        boolean plan,
        List<Resource> resources,
        List<Resource> prior,
        Map<String, List<String>> actions,
        Map<String, JsonNode> configuration,
        Set<String> clusters,
        int count) {
    private static final Pattern INDEX = Pattern.compile("\\[(?:[0-9]+|\"(?:[^\"\\\\]|\\\\.)*\")]");

    Show {
        resources = List.copyOf(resources);
        prior = List.copyOf(prior);
        actions = Map.copyOf(actions);
        configuration = Map.copyOf(configuration);
        clusters = Collections.unmodifiableSet(new TreeSet<>(clusters));
    }

    /// Where a resource's attributes come from; missing: not known.
    JsonNode expressions(Resource resource) {
        String path = INDEX.matcher(resource.module()).replaceAll("");
        return Optional.ofNullable(configuration.get(path + "|" + resource.block()))
                .orElse(MissingNode.getInstance());
    }

    /// True when a plan makes a resource from nothing, so that its first version will be its only
    /// one.
    boolean creates(Resource resource) {
        return actions.getOrDefault(resource.address(), List.of()).contains("create");
    }
}
