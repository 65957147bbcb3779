package dev.snowmelt.cli.doctor;

/// What one check found.
///
/// @param check its name, stable for scripts: `kafka.topics`
/// @param result how it ended
/// @param found what was seen, a sentence
/// @param todo what to do about it; empty: nothing
public record Finding(String check, Result result, String found, String todo) {
    /// How a check ends.
    public enum Result {
        /// It was looked at, and is well.
        OK,
        /// It works, but not as well or as safely as it should.
        WARN,
        /// Something does not work.
        FAIL,
        /// It was not looked at, or cannot be told: nothing is known.
        SKIPPED
    }

    static Finding ok(String check, String found) {
        return new Finding(check, Result.OK, found, "");
    }

    static Finding warn(String check, String found, String todo) {
        return new Finding(check, Result.WARN, found, todo);
    }

    static Finding fail(String check, String found, String todo) {
        return new Finding(check, Result.FAIL, found, todo);
    }

    /// @param why nothing is known
    static Finding skipped(String check, String why) {
        return new Finding(check, Result.SKIPPED, why, "");
    }
}
