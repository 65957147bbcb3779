package dev.snowmelt.remediator.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gauges of one name whose series come and go. Those that stay are never taken away in between, so
/// that no scrape misses one.
final class ComingAndGoing {
    private static final class Cell {
        volatile double value;
    }

    private final MultiGauge gauge;
    private Map<Tags, Cell> cells = Map.of();

    ComingAndGoing(MeterRegistry registry, String name, @Nullable String unit, String description) {
        gauge = MultiGauge.builder(name).description(description).baseUnit(unit).register(registry);
    }

    /// Shows these and no others.
    synchronized void show(Map<Tags, Double> values) {
        var next = new HashMap<Tags, Cell>();
        values.forEach((tags, value) -> {
            Cell known = cells.get(tags);
            Cell cell = known == null ? new Cell() : known;
            cell.value = value;
            next.put(tags, cell);
        });
        if (!next.keySet().equals(cells.keySet())) {
            gauge.register(
                    next.entrySet().stream()
                            .<MultiGauge.Row<?>>map(
                                    each -> MultiGauge.Row.of(each.getKey(), each.getValue(), cell -> cell.value))
                            .toList(),
                    false);
        }
        cells = next;
    }
}
