package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.Accepted;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Refused;
import java.util.List;

/// The words in which the registrar answers.
final class Answers {
    private Answers() {}

    static Answer accepted(String proposal, String subject, long revision, boolean unchanged, Timestamp at) {
        return Answer.newBuilder()
                .setProposal(proposal)
                .setAccepted(Accepted.newBuilder()
                        .setSubject(subject)
                        .setRevision(revision)
                        .setUnchanged(unchanged))
                .setAt(at)
                .build();
    }

    static Answer refused(String proposal, List<Problem> problems, Timestamp at) {
        return Answer.newBuilder()
                .setProposal(proposal)
                .setRefused(Refused.newBuilder().addAllProblems(problems))
                .setAt(at)
                .build();
    }
}
