package dev.snowmelt.remediator.execute;

import java.time.Instant;

/// What people said against acting, as of now: commands that were issued before a pause must not outrun it.
interface Overrides {
    /// Whether somebody paused or exempted what an order is about: no older than the moment of the call.
    ///
    /// @param now overrides that have ended by then do not count
    Objection against(Order order, Instant now);

    /// What is said against an order.
    sealed interface Objection {
        /// Nothing.
        record None() implements Objection {}

        /// A person said no, and why.
        record Said(String why) implements Objection {}

        /// It could not be made sure whether anybody did.
        record Unknown(String why) implements Objection {}
    }
}
