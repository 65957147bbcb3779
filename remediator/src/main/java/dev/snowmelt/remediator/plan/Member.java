package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// An instance as the census knows it.
///
/// @param verdict newest judgement
/// @param firstSeen when the planner first heard of it
/// @param received when that judgement came
/// @param readySince since when it has been serving without a break, as far as the planner has
/// heard: at least as late as it really began; of one that does not serve, `received`
/// @param replaces the instance that it is the proven (or drifted) replacement of; empty: none
record Member(
        InstanceId id, Verdict verdict, Instant firstSeen, Instant received, Instant readySince, String replaces) {

    static Member of(InstanceId id, CensusEntry entry) {
        return new Member(
                id,
                entry.getRecord().getInstance(),
                Times.instant(entry.getFirstSeen()),
                Times.instant(entry.getReceived()),
                Times.instant(entry.hasReadySince() ? entry.getReadySince() : entry.getReceived()),
                entry.getReplaces());
    }

    /// The same, as what came for another one.
    Member standingFor(InstanceId replaced) {
        return new Member(id, verdict, firstSeen, received, readySince, replaced.toString());
    }

    /// It came for one instance, and stands for no other.
    boolean attributed() {
        return !replaces.isEmpty();
    }

    boolean drifted() {
        return verdict.getState() == State.DRIFTED;
    }

    boolean outdated() {
        return verdict.getState() == State.OUTDATED;
    }

    /// Its finding is one that is acted on.
    boolean candidate() {
        return drifted() || outdated();
    }

    /// Serves, as far as is known. Whoever was never judged may be anything.
    boolean serves() {
        return verdict.getReady()
                && !verdict.getTerminating()
                && verdict.getState() != State.STATE_UNSPECIFIED
                && verdict.getState() != State.UNRECOGNIZED;
    }

    /// Came into being after a command was issued: the planner had not heard of it then, and the
    /// platform says so too. Kubernetes cuts creation times to the second.
    boolean cameAfter(Instant issued, Duration clockTolerance) {
        return firstSeen.isAfter(issued)
                && verdict.hasCreated()
                && !Times.instant(verdict.getCreated())
                        .isBefore(issued.minus(clockTolerance).truncatedTo(ChronoUnit.SECONDS));
    }

    /// Runs what was declared when a command was issued: the newest revision, or that of the
    /// command if a newer one came since.
    boolean runs(long revision) {
        return switch (verdict.getState()) {
            case CONFORMANT -> true;
            case OUTDATED -> revision > 0 && verdict.getMatchedRevision() == revision;
            case DRIFTED, UNDECLARED, UNVERIFIED, STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }
}
