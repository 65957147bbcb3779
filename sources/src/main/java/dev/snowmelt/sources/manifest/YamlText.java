package dev.snowmelt.sources.manifest;

import dev.snowmelt.sources.SourceException.Fault;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads the documents of a YAML text, and keeps what Helm says about their origin.
final class YamlText {
    private static final String SOURCE = "# Source: ";
    private static final String NOT_YAML = "is not readable as YAML: ";

    private final String file;
    private final String text;
    private final NavigableMap<Integer, String> sources = new TreeMap<>();
    private final List<Fault> faults;
    private final List<YamlDocument> documents = new ArrayList<>();

    private YamlText(String file, String text, List<Fault> faults) {
        this.file = file;
        this.text = text;
        this.faults = faults;
        int number = 0;
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); number++) {
            String line = lines.next();
            if (line.startsWith(SOURCE)) {
                sources.put(number, line.substring(SOURCE.length()).strip());
            }
        }
    }

    /// @param faults gets every fault of the syntax; documents behind a hopeless one are not read
    static List<YamlDocument> documents(String file, String text, List<Fault> faults) {
        var reading = new YamlText(file, text, faults);
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        try {
            reading.read(new Parse(settings).parseString(text).iterator());
        } catch (MarkedYamlEngineException e) {
            reading.hopeless(e.getProblemMark().orElse(null), NOT_YAML + e.getProblem());
        } catch (YamlTree.Hopeless e) {
            reading.hopeless(e.mark(), String.valueOf(e.getMessage()));
        } catch (YamlEngineException e) {
            reading.hopeless(null, NOT_YAML + e.getMessage());
        }
        return reading.documents;
    }

    private void read(Iterator<Event> events) {
        int from = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                Event first = events.next();
                Object tree = new YamlTree(events, this::fault).read(first);
                documents.add(new YamlDocument(documents.size() + 1, source(from, first), tree));
            } else if (event instanceof DocumentEndEvent) {
                from = event.getEndMark().map(Mark::getLine).orElse(from);
            }
        }
    }

    /// The last `# Source:` line between the end of the document before (by line) and the first
    /// key.
    private String source(int from, Event first) {
        Map.Entry<Integer, String> before =
                sources.lowerEntry(first.getStartMark().map(Mark::getLine).orElse(from));
        return before == null || before.getKey() < from ? "" : before.getValue();
    }

    private void hopeless(@Nullable Mark mark, String problem) {
        boolean template = mark != null
                && text.lines().skip(mark.getLine()).findFirst().orElse("").contains("{{");
        fault(mark, problem + (template ? "; it looks like a template: render it first (helm template)" : ""));
    }

    private void fault(@Nullable Mark mark, String message) {
        String where = mark == null ? "" : " line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
        faults.add(new Fault(file + where, message));
    }
}
