package dev.snowmelt.bench.scan;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `snowmelt scan --once` as a process of its own, as a pipeline runs it: what a person waits for.
record OnceRun(Path kubeconfig) {
    private static final long LONGEST_SECONDS = 300;

    /// @return from starting the JVM to its end, in nanoseconds
    long run() throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.snowmelt.cli.Snowmelt",
                "scan",
                "--once",
                "--kubeconfig",
                kubeconfig.toString(),
                "--undeclared",
                "trust_template",
                "--wait",
                "4m");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(kubeconfig.resolveSibling("once.log").toFile())
                .start();
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new BenchException("scan --once did not end within " + LONGEST_SECONDS + " s");
            }
        } finally {
            process.destroy();
        }
        long took = System.nanoTime() - start;
        if (process.exitValue() != ExitCode.OK) {
            throw new BenchException("scan --once ended with " + process.exitValue() + ": "
                    + java.nio.file.Files.readString(kubeconfig.resolveSibling("once.log")));
        }
        return took;
    }
}
