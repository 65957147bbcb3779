package dev.snowmelt.detector.topology;

/// Which revisions a number of workloads were judged by, in one number: the sum of a term for each.
/// Who counts instances and who follows the declarations come to the same number when they mean the
/// same revisions of the same workloads, in whatever order. Two that mean others come to the same
/// one with a probability of 2^-64.
public final class RevisionSum {
    private RevisionSum() {}

    /// What one workload adds.
    ///
    /// @param revision 0: not declared, adds nothing
    public static long term(String workload, long revision) {
        return revision == 0 ? 0 : FacetHash.text(revision, workload);
    }
}
