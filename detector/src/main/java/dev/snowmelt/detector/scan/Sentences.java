package dev.snowmelt.detector.scan;

import java.util.ArrayList;
import java.util.List;

/// Keeps what a report says in words short enough for its record.
final class Sentences {
    private static final int MOST = 100;
    private static final int LONGEST = 1_000;

    private Sentences() {}

    static List<String> bounded(List<String> sentences) {
        var first = new ArrayList<String>();
        for (String sentence : sentences.subList(0, Math.min(MOST, sentences.size()))) {
            first.add(bounded(sentence));
        }
        if (sentences.size() > MOST) {
            first.add("and " + (sentences.size() - MOST) + " more");
        }
        return first;
    }

    static String bounded(String sentence) {
        if (sentence.length() <= LONGEST) {
            return sentence;
        }
        int end = LONGEST - 1; // and the ellipsis
        return sentence.substring(0, Character.isHighSurrogate(sentence.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
