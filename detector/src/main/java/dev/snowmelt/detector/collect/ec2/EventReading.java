package dev.snowmelt.detector.collect.ec2;

/// What a message of the queue comes to.
sealed interface EventReading {
    /// An event of this account and region; it may name nothing that is collected.
    ///
    /// @param untold the call by which somebody got inside of instances that the event does not
    /// name, but for example by their tags; empty: none
    record Understood(EventNews news, String untold) implements EventReading {}

    /// A message that is not for this collector. It is left to the queue's redrive policy.
    ///
    /// @param kind a word for counting: `malformed`, `account`, `region` or `source`
    /// @param what one sentence for people
    record Foreign(String kind, String what) implements EventReading {}
}
