package dev.snowmelt.cli.declare;

import dev.snowmelt.v1.Proposal;
import picocli.CommandLine.Option;

/// What everything that changes a declaration has in common.
final class ChangeOptions {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the revision.")
    private String reason = "";

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so (the user's name).")
    private String by = System.getProperty("user.name", "");

    @Option(names = "--force", description = "Go on even when somebody else declared something meanwhile.")
    private boolean force;

    boolean force() {
        return force;
    }

    /// An empty proposal of this person.
    Proposal.Builder proposal() {
        return Proposal.newBuilder().setBy(by).setReason(reason);
    }
}
