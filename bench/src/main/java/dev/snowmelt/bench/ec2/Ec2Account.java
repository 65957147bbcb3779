package dev.snowmelt.bench.ec2;

import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.Moto;
import java.util.stream.IntStream;

/// An account of Auto Scaling groups of 20 that stand still, in as many launch templates as a tenth
/// of them.
final class Ec2Account {
    static final int GROUP = 20;
    private static final int GROUPS_A_TEMPLATE = 10;

    /// The emulator counts launches where AWS counts instances, and a group's launch is one of 20:
    /// so this many are the 1,000 instances that AWS puts into a page.
    static final int PAGE = 1000 / GROUP;

    private final Moto moto;
    private final int instances;

    Ec2Account(Moto moto, int instances) {
        this.moto = moto;
        this.instances = instances;
    }

    /// @return how many instances there are: full groups only
    int create() {
        moto.reset();
        var fleet = new Ec2Fleet(moto);
        String ami = fleet.ami("bench");
        int groups = instances / GROUP;
        var templates = IntStream.rangeClosed(0, groups / GROUPS_A_TEMPLATE)
                .mapToObj(i -> fleet.launchTemplate("template-" + i, ami))
                .toList();
        for (int i = 0; i < groups; i++) {
            fleet.group("group-" + i, GROUP, templates.get(i / GROUPS_A_TEMPLATE), "1");
        }
        return groups * GROUP;
    }
}
