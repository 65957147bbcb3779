package dev.snowmelt.sources.packer;

import dev.snowmelt.sources.SourceException;
import dev.snowmelt.sources.SourceException.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The file that Packer's manifest post-processor writes: every build of every run since the file
/// was made.
///
/// @param builds in the file's order
/// @param lastRun id of the last run
record PackerManifest(List<Build> builds, String lastRun) {
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    PackerManifest {
        builds = List.copyOf(builds);
    }

    /// @param file for faults
    /// @throws SourceException with every fault of it
    static PackerManifest parse(String file, String text) throws SourceException {
        JsonNode tree;
        try {
            tree = JSON.readTree(text);
        } catch (JacksonException e) {
            String where =
                    e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
            throw new SourceException(file + where, "is not readable as JSON: " + e.getOriginalMessage());
        }
        return new Parsing(file).manifest(tree);
    }

    private static final class Parsing {
        private final String file;
        private final List<Fault> faults = new ArrayList<>();

        Parsing(String file) {
            this.file = file;
        }

        PackerManifest manifest(JsonNode tree) throws SourceException {
            JsonNode list = tree.path("builds");
            if (!list.isArray() || list.isEmpty()) {
                throw new SourceException(
                        file,
                        "is no manifest of Packer's manifest post-processor: 'builds' must list at least one build");
            }
            List<Build> builds = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                build(file + ": builds[" + i + "]", list.get(i)).ifPresent(builds::add);
            }
            String lastRun = text(file, tree, "last_run_uuid");
            if (!faults.isEmpty()) {
                throw new SourceException(faults);
            }
            return new PackerManifest(builds, lastRun);
        }

        private Optional<Build> build(String place, JsonNode tree) {
            if (!tree.isObject()) {
                faults.add(new Fault(place, "must be a build: keys and values"));
                return Optional.empty();
            }
            String name = text(place, tree, "name");
            String type = text(place, tree, "builder_type");
            String id = text(place, tree, "artifact_id");
            String run = text(place, tree, "packer_run_uuid");
            Optional<Artifact> artifact = type.isEmpty() || id.isEmpty() ? Optional.empty() : Artifact.of(type, id);
            if (artifact.isEmpty() && !type.isEmpty() && !id.isEmpty()) {
                faults.add(new Fault(
                        place + ".artifact_id", "'" + shortened(id) + "' is nothing that " + type + " makes"));
            }
            JsonNode root = tree.path("custom_data").path("baseline_root");
            return artifact.map(
                    made -> new Build(place, name, type, made, run, root.isString() ? root.stringValue() : ""));
        }

        private String text(String place, JsonNode tree, String key) {
            JsonNode value = tree.path(key);
            if (value.isString() && !value.stringValue().isBlank()) {
                return value.stringValue();
            }
            faults.add(new Fault(place + "." + key, "must be a text"));
            return "";
        }
    }

    static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
