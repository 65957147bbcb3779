package dev.snowmelt.bench;

import dev.snowmelt.bench.ec2.Ec2Bench;
import dev.snowmelt.bench.ec2.Ec2Plan;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Machine;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.sandbox.aws.Moto;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt bench ec2`.
@Command(
        name = "ec2",
        mixinStandardHelpOptions = true,
        description =
                "A snapshot of an AWS account in the emulator moto, beside a bare list of the same instances. Needs moto_server.")
final class Ec2Command implements Callable<Integer> {
    private static final int INSTANCES = 5_000;
    private static final int QUICK_INSTANCES = 500;

    @Option(
            names = "--instances",
            paramLabel = "N",
            description = "instances in the account (default: 5000; with --quick 500)")
    private int instances;

    @Option(
            names = "--quick",
            description = "few and short pairs, for CI: shows that it works; the figures prove nothing")
    private boolean quick;

    @Override
    public Integer call() {
        Moto.absence().ifPresent(why -> {
            throw new BenchException(why);
        });
        var results = new Results(System.err);
        results.say(Machine.describe());
        var plan = quick
                ? Ec2Plan.quick(instances == 0 ? QUICK_INSTANCES : instances)
                : Ec2Plan.thorough(instances == 0 ? INSTANCES : instances);
        try (var moto = Moto.open();
                var broker = Brokers.start()) {
            new Ec2Bench(plan, results).run(moto, broker.bootstrapServers());
        }
        results.print(System.out);
        return 0;
    }
}
