package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.kafka.Wish;
import dev.snowmelt.v1.Proposal;

/// Something that is about to be proposed.
///
/// @param subject the workload
/// @param before the newest revision that was read; 0: nothing is declared
/// @param wish what is proposed
record Attempt(String subject, long before, Wish wish) {
    static Attempt of(String subject, long before, Proposal.Builder proposal) {
        return new Attempt(subject, before, Wish.of(proposal.build()));
    }
}
