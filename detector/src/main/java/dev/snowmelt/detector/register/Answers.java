package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.v1.Accepted;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Refused;
import java.util.ArrayList;
import java.util.List;

/// The words in which the registrar answers.
final class Answers {
    // An answer that is too large to be written would stop the registrar: these keep it below 1 MiB.
    private static final int MOST_PROBLEMS = 100;
    private static final int LONGEST_TEXT = 1_024;

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
                .setRefused(Refused.newBuilder().addAllProblems(first(problems)))
                .setAt(at)
                .build();
    }

    private static List<Problem> first(List<Problem> problems) {
        var first = new ArrayList<Problem>();
        for (Problem problem : problems.subList(0, Math.min(MOST_PROBLEMS, problems.size()))) {
            first.add(Texts.problem(beginning(problem.getPath()), beginning(problem.getMessage())));
        }
        if (problems.size() > MOST_PROBLEMS) {
            first.add(Texts.problem("", "and " + (problems.size() - MOST_PROBLEMS) + " more"));
        }
        return first;
    }

    private static String beginning(String text) {
        return beginning(text, LONGEST_TEXT);
    }

    /// At most so many characters of a text.
    static String beginning(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = longest - 1; // and the ellipsis
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }

    /// In the largest unit of which at least two have passed. Clocks of proposers differ: what is
    /// ahead is now.
    static String ago(Timestamp then, Timestamp now) {
        long seconds = Math.max(0, Durations.toSeconds(Timestamps.between(then, now)));
        return seconds < 120
                ? seconds + " s ago"
                : seconds < 7_200
                        ? seconds / 60 + " min ago"
                        : seconds < 172_800 ? seconds / 3_600 + " h ago" : seconds / 86_400 + " days ago";
    }
}
