package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.measure.Machine;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.measure.Scratch;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// Everything that `bench detector` measures: three kinds of change, with each kind of store.
public final class DetectorBench {
    private static final int COLD_START_AT = 1_000_000;

    private final Plan plan;
    private final Results results;
    private final List<String> table = new ArrayList<>();

    public DetectorBench(Plan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    /// @param bootstrapServers a broker in another process
    public void run(String bootstrapServers) throws IOException {
        if (plan.pairs().pairs() < 5) {
            results.say("only " + plan.pairs().pairs() + " pairs after a short warm-up: the figures prove nothing");
        }
        table.add(String.format("%-8s %-12s %14s %14s %8s", "stores", "change", "detector/s", "parsing/s", "ratio"));
        for (Storage storage : new TreeSet<>(plan.stores())) {
            try (var scratch = Scratch.folder();
                    var run = new DetectorRun(plan, results, storage, bootstrapServers, scratch.path())) {
                measure(run, storage);
            }
            if (Machine.busy()) {
                results.say("the machine does other work too: " + Machine.describe());
            }
        }
        table.forEach(results::say);
    }

    private void measure(DetectorRun run, Storage storage) {
        String name = storage.name().toLowerCase(Locale.ROOT);
        double cold = run.coldStart();
        results.say(String.format(Locale.ROOT, "  all pods judged %.1f s after the first start", cold));
        if (storage == Storage.ROCKSDB && plan.instances() >= COLD_START_AT) {
            results.figure("detector.cold_start", cold, "s", "60");
        }
        if (plan.changes().contains(Change.NONE)) {
            unchanged(storage, add(name, "none", run.measure(Change.NONE)));
        }
        if (plan.changes().contains(Change.ONE_PERCENT)) {
            add(name, "one percent", run.measure(Change.ONE_PERCENT));
            run.heal();
        }
        if (plan.changes().contains(Change.ALL)) {
            var changed = add(name, "all", run.measure(Change.ALL));
            results.ratio(
                    "detector.changed." + name,
                    changed.pairs().ratio(),
                    switch (storage) {
                        case ROCKSDB -> "0.06";
                        case MEMORY -> "0.12";
                    });
        }
        if (storage == Storage.ROCKSDB) {
            results.figure("detector.restart", run.restart(), "s", "10");
        }
    }

    /// The kind of store makes no difference to what the index settles; RocksDB is what production uses.
    private void unchanged(Storage storage, DetectorRun.Finding finding) {
        if (storage == Storage.ROCKSDB) {
            results.ratio("detector.unchanged", finding.pairs().ratio(), "0.5");
            results.figure("detector.unchanged.cpu", finding.cpuMicros(), "us", "1.7");
            results.figure("detector.unchanged.allocation", finding.kilobytes(), "KB", "2.0");
        }
    }

    private DetectorRun.Finding add(String storage, String change, DetectorRun.Finding finding) {
        table.add(String.format(
                Locale.ROOT,
                "%-8s %-12s %,14.0f %,14.0f %8.3f   %.2f us CPU, %.2f KB allocated a record",
                storage,
                change,
                finding.pairs().a(),
                finding.pairs().b(),
                finding.pairs().ratio(),
                finding.cpuMicros(),
                finding.kilobytes()));
        return finding;
    }
}
