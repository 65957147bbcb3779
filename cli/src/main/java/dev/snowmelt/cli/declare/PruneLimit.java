package dev.snowmelt.cli.declare;

/// How many declarations may be removed at once because their documents vanished.
///
/// @param count the number, or the share in percent
/// @param share true: `count` is percent of all that are the watcher's own
record PruneLimit(int count, boolean share) {
    /// @throws IllegalArgumentException with a sentence for people
    static PruneLimit parse(String text) {
        if (!text.matches("[0-9]{1,9}|[0-9]{1,3}%")) {
            throw new IllegalArgumentException("must be a number or a share such as '50%', not '" + text + "'");
        }
        boolean share = text.endsWith("%");
        int count = Integer.parseInt(share ? text.substring(0, text.length() - 1) : text);
        if (count < 1 || (share && count > 100)) {
            throw new IllegalArgumentException("must be from 1, or from 1% to 100%, not '" + text + "'");
        }
        return new PruneLimit(count, share);
    }

    /// @param all how many the watcher has declared
    boolean allows(int vanished, int all) {
        return share ? vanished * 100L <= (long) all * count : vanished <= count;
    }

    @Override
    public String toString() {
        return count + (share ? "%" : "");
    }
}
