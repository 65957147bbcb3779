package dev.snowmelt.helm.operate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The meters of a process, as it tells them.
final class Scrape {
    /// A meter.
    ///
    /// @param labels those of all its series, but for what makes a histogram
    record Family(String type, String help, Set<String> labels) {}

    private static final Pattern META = Pattern.compile("# (TYPE|HELP) (\\S+) (.*)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"(?:[^\"\\\\]|\\\\.)*\"");

    private Scrape() {}

    static String text(int port) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    /// By name; the maxima that belong to timers are not meters of their own.
    static Map<String, Family> families(String text) {
        Map<String, String> types = new TreeMap<>();
        Map<String, String> helps = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        for (String line : text.split("\n", -1)) {
            Matcher meta = META.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (meta.matches()) {
                (meta.group(1).equals("TYPE") ? types : helps).put(meta.group(2), meta.group(3));
            } else if (sample.matches()) {
                Set<String> its = labels.computeIfAbsent(family(sample.group(1), types), _ -> new TreeSet<>());
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    if (!label.group(1).equals("le") && !label.group(1).equals("quantile")) {
                        its.add(label.group(1));
                    }
                }
            }
        }
        Map<String, Family> families = new TreeMap<>();
        types.forEach((name, type) -> {
            boolean maximum = name.endsWith("_max")
                    && Set.of("histogram", "summary").contains(types.getOrDefault(name.replaceAll("_max$", ""), ""));
            if (!maximum) {
                families.put(name, new Family(type, helps.getOrDefault(name, ""), labels.getOrDefault(name, Set.of())));
            }
        });
        return families;
    }

    private static String family(String sample, Map<String, String> types) {
        for (String suffix : new String[] {"", "_bucket", "_count", "_sum"}) {
            String name = sample.endsWith(suffix) ? sample.substring(0, sample.length() - suffix.length()) : sample;
            if (types.containsKey(name)) {
                return name;
            }
        }
        return sample;
    }
}
