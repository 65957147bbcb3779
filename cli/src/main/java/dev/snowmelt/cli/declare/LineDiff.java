package dev.snowmelt.cli.declare;

import java.util.ArrayList;
import java.util.List;

/// Two texts beside each other, line by line: `-` was, `+` shall be, a blank stays.
final class LineDiff {
    private static final int CONTEXT = 3;

    private LineDiff() {}

    /// The lines that differ with up to three lines around them; `…` stands for what is left out. Empty: no difference.
    static List<String> of(List<String> before, List<String> after) {
        List<String> all = marked(before, after);
        boolean[] shown = new boolean[all.size()];
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).startsWith(" ")) {
                for (int near = Math.max(0, i - CONTEXT); near <= Math.min(all.size() - 1, i + CONTEXT); near++) {
                    shown[near] = true;
                }
            }
        }
        List<String> lines = new ArrayList<>();
        boolean left = false;
        for (int i = 0; i < all.size(); i++) {
            if (shown[i]) {
                if (left) {
                    lines.add("…");
                }
                lines.add(all.get(i));
            }
            left = !shown[i];
        }
        if (left && !lines.isEmpty()) {
            lines.add("…");
        }
        return lines;
    }

    /// Every line of both, by the longest common subsequence.
    private static List<String> marked(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                lines.add("  " + before.get(i++));
                j++;
            } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + before.get(i++));
            } else {
                lines.add("+ " + after.get(j++));
            }
        }
        return lines;
    }
}
