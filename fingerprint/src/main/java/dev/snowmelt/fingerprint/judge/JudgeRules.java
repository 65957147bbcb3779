package dev.snowmelt.fingerprint.judge;

/// What holds where a declaration says nothing. Everything that judges, the detector as well as the
/// executor's last look, gets the same rules from the same configuration.
///
/// @param undeclared what holds when nothing is declared
/// @param registry true: a registry is asked about digests that are in no accepted set, and until
/// it has answered such a digest cannot be told; false: nobody is asked, and such a digest is
/// another image. What a revision says was answered ([dev.snowmelt.v1.Revision#getResolvedList])
/// counts either way
public record JudgeRules(Undeclared undeclared, boolean registry) {
    /// What is undeclared is reported, and no registry is asked.
    public static final JudgeRules DEFAULT = new JudgeRules(Undeclared.REPORT, false);

    /// The same for other undeclared workloads.
    public JudgeRules with(Undeclared otherUndeclared) {
        return new JudgeRules(otherUndeclared, registry);
    }
}
