package dev.snowmelt.detector.register;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import java.time.Instant;
import java.util.List;

/// What a proposal must be, whatever is declared now. What depends on that is decided by
/// [DecideProposal].
public final class ProposalRules {
    /// Characters of who proposes. Twenty revisions with their authors and reasons must fit into
    /// one record.
    private static final int LONGEST_BY = 256;
    /// Characters of a reason.
    private static final int LONGEST_REASON = 1_024;

    private ProposalRules() {}

    /// @param at when it was proposed: the record's time
    /// @return empty when it may be decided about
    public static List<Problem> problems(Proposal proposal, Instant at) {
        var problems = new Problems();
        switch (proposal.getChangeCase()) {
            case DECLARE -> DeclarationRules.problems(proposal.getDeclare()).forEach(problems::add);
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
            case RESOLUTION -> new ResolutionRules(problems).check(proposal.getResolution());
            case CHANGE_NOT_SET ->
                problems.add("", "must hold one of declare, rollback, removal, override, withdrawal, resolution");
        }
        problems.require(
                !proposal.hasExpiresAt() || Timestamps.isValid(proposal.getExpiresAt()),
                "expiresAt",
                "must be a time from year 1 to 9999");
        longest(proposal.getBy(), LONGEST_BY, "by", problems);
        longest(proposal.getReason(), LONGEST_REASON, "reason", problems);
        return problems.list();
    }

    private static void longest(String text, int longest, String path, Problems problems) {
        problems.require(
                text.length() <= longest, path, "must have at most " + longest + " characters, not " + text.length());
    }

    /// What a valid proposal is about: the text whose hash decides the partition that decides about
    /// it. A workload's is the one of `declarations`, so both lie together.
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
