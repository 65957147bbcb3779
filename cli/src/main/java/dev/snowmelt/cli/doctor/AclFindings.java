package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.RightsCheck;
import dev.snowmelt.cli.kafka.RightsCheck.Rights;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/// What this user may do at the brokers, as roles ask for it when they start.
///
/// @param config says which parts a role has
record AclFindings(Admin admin, Config config, Set<ProcessRole> roles) {
    private static final String CHECK = "kafka.acls";

    void look(Consumer<Finding> tell) throws InterruptedException {
        Brokers.tryTo(
                CHECK, tell, () -> tell(RightsCheck.ask(admin, config.kafka().prefix(), parts()), tell));
    }

    /// Whose rights are asked for.
    Set<Part> parts() {
        return Part.together(
                roles.stream().flatMap(role -> role.parts(config).stream()).toList());
    }

    private static void tell(List<Rights> found, Consumer<Finding> tell) {
        List<String> problems =
                found.stream().flatMap(rights -> rights.problem().stream()).toList();
        String names = found.stream().map(rights -> rights.part().word()).collect(joining(", "));
        Set<String> untold = new TreeSet<>();
        found.forEach(rights -> untold.addAll(rights.untold()));
        List<String> advice =
                found.stream().flatMap(rights -> rights.advice().stream()).toList();
        if (!problems.isEmpty()) {
            tell.accept(
                    Finding.fail(
                            CHECK,
                            String.join(" ", problems),
                            "add the ACLs; if it is the user of one role only, say which: --role collect, detect or remediate"));
        } else if (!advice.isEmpty()) {
            tell.accept(Finding.warn(CHECK, String.join(" ", advice), "add the ACLs"));
        } else if (untold.isEmpty()) {
            tell.accept(Finding.ok(CHECK, "this user has the rights of " + names));
        }
        if (!untold.isEmpty()) {
            tell.accept(Finding.skipped(
                    CHECK,
                    "brokers do not say what this user may do with " + String.join(", ", untold)
                            + ": 'snowmelt topics create' makes what does not exist"));
        }
    }
}
