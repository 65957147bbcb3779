package dev.snowmelt.bench.measure;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.util.Locale;

/// What a reader must know of the machine to judge the figures.
public final class Machine {
    private Machine() {}

    /// One line: JVM, collector, heap, processors and load.
    public static String describe() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        var collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(MemoryManagerMXBean::getName)
                .toList();
        return String.format(
                Locale.ROOT,
                "JDK %s, %s, max heap %d MiB, %d processors, load average %.1f",
                Runtime.version(),
                collectors,
                Runtime.getRuntime().maxMemory() >> 20,
                system.getAvailableProcessors(),
                system.getSystemLoadAverage());
    }

    /// True when other work already takes a good part of the machine, so that even ratios will be unsteady.
    public static boolean busy() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return system.getSystemLoadAverage() > system.getAvailableProcessors() * 0.5;
    }
}
