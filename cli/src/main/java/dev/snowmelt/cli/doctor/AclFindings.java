package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.RightsCheck;
import dev.snowmelt.cli.kafka.RightsCheck.Rights;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;

/// What this user may do at the brokers, as roles ask for it when they start.
///
/// @param config says which parts a role has
record AclFindings(Admin admin, Config config, Set<ProcessRole> roles) {
    private static final String CHECK = "kafka.acls";

    void look(Consumer<Finding> tell) throws InterruptedException {
        Brokers.tryTo(
                CHECK,
                tell,
                () -> of(RightsCheck.ask(admin, config.kafka().prefix(), parts()))
                        .forEach(tell));
    }

    /// Whose rights are asked for.
    Set<Part> parts() {
        return Part.together(
                roles.stream().flatMap(role -> role.parts(config).stream()).toList());
    }

    /// The findings, of what brokers said.
    List<Finding> of(List<Rights> found) {
        List<Finding> findings = new ArrayList<>();
        List<String> problems = found.stream()
                .map(this::certain)
                .flatMap(rights -> rights.problem().stream())
                .toList();
        List<String> ofAccounts = found.stream()
                .map(this::ofAccounts)
                .flatMap(rights -> rights.problem().stream())
                .toList();
        String names = found.stream().map(rights -> rights.part().word()).collect(joining(", "));
        Set<String> untold = new TreeSet<>();
        found.forEach(rights -> untold.addAll(rights.untold()));
        List<String> advice =
                found.stream().flatMap(rights -> rights.advice().stream()).toList();
        if (!problems.isEmpty()) {
            findings.add(
                    Finding.fail(
                            CHECK,
                            String.join(" ", problems),
                            "add the ACLs; if it is the user of one role only, say which: --role collect, detect or remediate"));
        } else if (!ofAccounts.isEmpty()) {
            findings.add(Finding.warn(
                    CHECK,
                    String.join(" ", ofAccounts) + " 'collect ec2' does not start without; 'collect kubernetes' does.",
                    "add the ACLs, unless this user only collects the cluster"));
        } else if (!advice.isEmpty()) {
            findings.add(Finding.warn(CHECK, String.join(" ", advice), "add the ACLs"));
        } else if (untold.isEmpty()) {
            findings.add(Finding.ok(CHECK, "this user has the rights of " + names));
        }
        if (!untold.isEmpty()) {
            findings.add(Finding.skipped(
                    CHECK,
                    "brokers do not say what this user may do with " + String.join(", ", untold)
                            + ": 'snowmelt topics create' makes what does not exist"));
        }
        return findings;
    }

    /// What is missing whichever collector this user runs.
    private Rights certain(Rights rights) {
        List<AclBinding> onlyOfAccounts = ofAccounts(rights).missing();
        return new Rights(
                rights.part(),
                rights.missing().stream()
                        .filter(right -> !onlyOfAccounts.contains(right))
                        .toList(),
                rights.untold());
    }

    /// What is missing only if this user collects accounts. Settings that name a cluster too, as those that all
    /// processes of a release share, do not say which of the collectors is asked about.
    private Rights ofAccounts(Rights rights) {
        if (rights.part() != Part.COLLECT
                || !config.kubernetes().named()
                || !roles.equals(Set.of(ProcessRole.COLLECT))) {
            return new Rights(rights.part(), List.of(), Set.of());
        }
        Set<AclBinding> ofClusters =
                Set.copyOf(Part.COLLECT_KUBERNETES.rights(config.kafka().prefix(), RightsCheck.ASKING));
        return new Rights(
                rights.part(),
                rights.missing().stream()
                        .filter(right -> !ofClusters.contains(right))
                        .toList(),
                Set.of());
    }
}
