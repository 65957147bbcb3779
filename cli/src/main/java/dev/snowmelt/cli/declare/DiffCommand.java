package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.SnowmeltCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `snowmelt declare diff`: what declaring would change.
@Command(
        name = "diff",
        description = {
            "Shows what declaring would change, workload by workload, and publishes nothing.",
            "Exit code 0: nothing would change, 2: something would, 1: something is wrong."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt declare diff -f declarations/",
            "  snowmelt declare diff -f cart.yaml --mode ENFORCE --output json"
        })
final class DiffCommand extends SnowmeltCommand {
    @Mixin
    private SourceOptions sources = new SourceOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (sources.empty()) {
            throw misused("Say what to compare: -f FILE.");
        }
        var differences = new Differences(new Declarations(this, config()).plan(sources, false));
        results().print(differences::tree, differences::lines);
        return differences.any() ? ExitCode.DRIFT : ExitCode.OK;
    }
}
