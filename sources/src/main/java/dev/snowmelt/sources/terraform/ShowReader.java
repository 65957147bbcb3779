package dev.snowmelt.sources.terraform;

import dev.snowmelt.sources.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads `terraform show -json` as a stream. Only [Types] are kept, so that a state of 50 MB needs
/// no heap of that size. Format: Terraform's "JSON Output Format", majors 0 (Terraform 0.12 to 1.0)
/// and 1.
final class ShowReader {
    /// Bytes of one file.
    static final long LIMIT = 1L << 30;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(LIMIT)
                            .build())
                    .build())
            .build();

    private final String file;
    private final JsonParser json;
    private final List<Resource> resources = new ArrayList<>();
    private final List<Resource> prior = new ArrayList<>();
    private final Map<String, List<String>> actions = new HashMap<>();
    private final Map<String, JsonNode> configuration = new HashMap<>();
    private final Set<String> clusters = new HashSet<>();
    private String version = "";
    private boolean state;
    private boolean plan;
    private boolean rawState;
    private boolean errored;
    private int count;

    private ShowReader(String file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /// @param file for faults
    /// @throws SourceException when it is not what `terraform show -json` prints, or of a version
    /// that is not known
    static Show read(String file, InputStream in) throws IOException, SourceException {
        // Terraform writes UTF-8, a PowerShell that redirects it UTF-16: Jackson tells them apart.
        try (JsonParser json = JSON.createParser(in)) {
            var reader = new ShowReader(file, json);
            reader.document();
            return reader.checked();
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (StreamConstraintsException e) {
            throw new SourceException(file, "is larger than is read: " + e.getOriginalMessage());
        } catch (JacksonException e) {
            throw new SourceException(
                    file
                            + (e.getLocation() == null
                                    ? ""
                                    : " line " + e.getLocation().getLineNr() + ", column "
                                            + e.getLocation().getColumnNr()),
                    "is not readable as JSON: " + e.getOriginalMessage());
        }
    }

    private Show checked() throws SourceException {
        if (rawState && version.isEmpty()) {
            throw new SourceException(
                    file,
                    "is Terraform's own state file, whose format may change: pipe 'terraform show -json' instead");
        }
        if (!version.matches("[0-9]+\\.[0-9]+")) {
            throw new SourceException(
                    file,
                    "is not what 'terraform show -json' prints: 'format_version' must be a version such as '1.0'");
        }
        String major = version.substring(0, version.indexOf('.'));
        if (!major.equals("0") && !major.equals("1")) {
            throw new SourceException(
                    file,
                    "format_version " + version
                            + " is not known: Snowmelt reads 0.x and 1.x; a newer Snowmelt may know it");
        }
        if (errored) {
            throw new SourceException(file, "is a plan that failed ('errored'); mend it and plan again");
        }
        if (!plan && !state) {
            throw new SourceException(
                    file,
                    "holds neither 'values' (a state) nor 'planned_values' (a plan): the state is empty, and nothing is"
                            + " concluded from that");
        }
        return new Show(plan, resources, prior, actions, configuration, clusters, count);
    }

    private void document() throws SourceException {
        if (json.nextToken() == null) {
            throw new SourceException(file, "is empty; nothing is concluded from that");
        }
        object("", key -> {
            switch (key) {
                case "format_version" -> version = Resource.text(Shape.LEAF.read(json));
                case "errored" -> errored = json.currentToken() == JsonToken.VALUE_TRUE;
                case "values" -> state |= values(key, resources, true);
                case "planned_values" -> plan |= values(key, resources, true);
                case "prior_state" ->
                    object(key, inner -> {
                        if (inner.equals("values")) {
                            values(key + ".values", prior, false);
                        } else {
                            json.skipChildren();
                        }
                    });
                case "resource_changes" -> array(key, _ -> change());
                case "configuration" ->
                    object(key, inner -> {
                        if (inner.equals("root_module")) {
                            configured(key + ".root_module", "");
                        } else {
                            json.skipChildren();
                        }
                    });
                case "serial", "lineage" -> {
                    rawState = true;
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        });
        if (json.nextToken() != null) {
            throw new SourceException(file, "goes on behind its end: one state or plan a file");
        }
    }

    /// @return true when there was anything
    private boolean values(String path, List<Resource> into, boolean counted) throws SourceException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        object(path, key -> {
            if (key.equals("root_module")) {
                module(path + ".root_module", into, counted);
            } else {
                json.skipChildren();
            }
        });
        return true;
    }

    private void module(String path, List<Resource> into, boolean counted) throws SourceException {
        // The address may come behind the resources.
        List<RawResource> own = new ArrayList<>();
        int before = into.size();
        String[] address = {""};
        object(path, key -> {
            switch (key) {
                case "address" -> address[0] = Resource.text(Shape.LEAF.read(json));
                case "resources" -> array(path + ".resources", at -> own.add(resource(at)));
                case "child_modules" -> array(path + ".child_modules", at -> module(at, into, counted));
                default -> json.skipChildren();
            }
        });
        count += counted ? own.size() : 0;
        into.addAll(
                before,
                own.stream()
                        .filter(RawResource::wanted)
                        .map(raw -> raw.in(address[0]))
                        .toList());
    }

    /// A resource before its module is known.
    private record RawResource(
            String address, String mode, String type, String name, JsonNode values, JsonNode hidden) {
        static final RawResource UNWANTED = new RawResource(
                "", "", "", "", JsonNodeFactory.instance.nullNode(), JsonNodeFactory.instance.nullNode());

        boolean wanted() {
            return Types.read(type);
        }

        Resource in(String module) {
            return new Resource(address, module, mode.equals("data"), type, name, values, hidden);
        }
    }

    private RawResource resource(String path) throws SourceException {
        Map<String, String> texts = new HashMap<>();
        Map<String, JsonNode> trees = new HashMap<>();
        boolean[] deposed = {false};
        object(path, key -> {
            boolean known = Types.read(texts.getOrDefault("type", "")) || !texts.containsKey("type");
            switch (key) {
                case "address", "mode", "type", "name" -> texts.put(key, Resource.text(Shape.LEAF.read(json)));
                case "values", "sensitive_values" -> {
                    if (known) {
                        trees.put(key, Types.VALUES.read(json));
                    } else {
                        json.skipChildren();
                    }
                }
                // Replaced already, and only waiting to be destroyed.
                case "deposed_key" -> deposed[0] = json.currentToken() == JsonToken.VALUE_STRING;
                default -> json.skipChildren();
            }
        });
        if (deposed[0] || !Types.read(texts.getOrDefault("type", ""))) {
            return RawResource.UNWANTED;
        }
        JsonNode none = JsonNodeFactory.instance.nullNode();
        return new RawResource(
                texts.getOrDefault("address", texts.get("type") + "." + texts.get("name")),
                texts.getOrDefault("mode", "managed"),
                texts.getOrDefault("type", ""),
                texts.getOrDefault("name", ""),
                trees.getOrDefault("values", none),
                trees.getOrDefault("sensitive_values", none));
    }

    private static final Shape CHANGE = Shape.of("address").with("change", Shape.of("actions"));

    private void change() {
        JsonNode change = CHANGE.read(json);
        List<String> what = new ArrayList<>();
        change.path("change").path("actions").forEach(action -> what.add(Resource.text(action)));
        actions.put(Resource.text(change.path("address")), what);
    }

    private void configured(String path, String module) throws SourceException {
        object(path, key -> {
            switch (key) {
                case "resources" -> array(path + ".resources", _ -> configuredBlock(module));
                case "module_calls" ->
                    object(
                            path + ".module_calls",
                            name -> object(path + "." + name, part -> {
                                if (part.equals("module")) {
                                    configured(
                                            path + "." + name,
                                            (module.isEmpty() ? "" : module + ".") + "module." + name);
                                } else {
                                    json.skipChildren();
                                }
                            }));
                default -> json.skipChildren();
            }
        });
    }

    private static final Shape BLOCK =
            Shape.of("address", "type", "provider_config_key").with("expressions", Types.EXPRESSIONS);

    private void configuredBlock(String module) {
        JsonNode block = BLOCK.read(json);
        String type = Resource.text(block.path("type"));
        if (type.equals(Types.GROUP)) {
            configuration.put(module + "|" + Resource.text(block.path("address")), block.path("expressions"));
        } else if (Types.inCluster(type)) {
            clusters.add(Resource.text(block.path("provider_config_key")));
        }
    }

    /// What to do with a value; the parser stands at its beginning and must be left at its end.
    private interface Each {
        void read(String keyOrPath) throws SourceException;
    }

    private void object(String path, Each each) throws SourceException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new SourceException(
                    file,
                    (path.isEmpty() ? "" : path + " ") + "must be keys and values, as 'terraform show -json' prints");
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            json.nextToken();
            each.read(key);
        }
    }

    private void array(String path, Each each) throws SourceException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new SourceException(file, path + " must be a list, as 'terraform show -json' prints");
        }
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
            each.read(path + "[" + i + "]");
        }
    }
}
