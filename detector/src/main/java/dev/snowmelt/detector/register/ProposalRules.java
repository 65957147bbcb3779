package dev.snowmelt.detector.register;

import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import java.time.Instant;
import java.util.List;

/// What a proposal must be, whatever is declared now. What depends on that is decided by [Decisions].
public final class ProposalRules {
    private ProposalRules() {}

    /// @param at when it was proposed: the record's time
    /// @return empty when it may be decided about
    public static List<Problem> problems(Proposal proposal, Instant at) {
        var problems = new Problems();
        switch (proposal.getChangeCase()) {
            case DECLARE -> {
                return DeclarationRules.problems(proposal.getDeclare());
            }
            case ROLLBACK ->
                DeclarationRules.workload(proposal.getRollback().getWorkload(), "rollback.workload", problems);
            case REMOVAL ->
                DeclarationRules.workload(proposal.getRemoval().getWorkload(), "removal.workload", problems);
            case OVERRIDE -> new OverrideRules(problems, "override.").check(proposal.getOverride(), at);
            case WITHDRAWAL ->
                new OverrideRules(problems, "withdrawal.")
                        .key(
                                proposal.getWithdrawal().getTarget(),
                                proposal.getWithdrawal().getKind(),
                                proposal.getWithdrawal().getSubject());
            case RESOLUTION -> problems.add("resolution", "is not decided about by this version yet");
            case CHANGE_NOT_SET ->
                problems.add("", "must hold one of declare, rollback, removal, override, withdrawal");
        }
        return problems.list();
    }

    /// What a valid proposal is about: the text whose hash decides the partition that decides about it. A workload's is
    /// the one of `declarations`, so both lie together.
    static String subject(Proposal proposal) {
        return switch (proposal.getChangeCase()) {
            case DECLARE -> proposal.getDeclare().getWorkload();
            case ROLLBACK -> proposal.getRollback().getWorkload();
            case REMOVAL -> proposal.getRemoval().getWorkload();
            case OVERRIDE -> proposal.getOverride().getTarget();
            case WITHDRAWAL -> proposal.getWithdrawal().getTarget();
            case RESOLUTION -> proposal.getResolution().getWorkload();
            case CHANGE_NOT_SET -> "";
        };
    }
}
