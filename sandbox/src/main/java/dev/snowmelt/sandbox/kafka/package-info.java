/// Kafka with nothing installed: brokers in this JVM, and one in a child JVM that can really be killed.
///
/// A broker in the same JVM logs through the program's own logging, and much: hundreds of lines a start, warnings for
/// every
/// connection that a stop cuts, stack traces for MBeans that two nodes both want to register. Programs that embed one
/// set
/// `kafka`, `state.change.logger` and `org.apache.kafka` to `ERROR` (`org.apache.kafka.streams` back to `WARN`), and
/// `com.yammer.metrics` and `kafka.server.ControllerApis` to `OFF`.
@NullMarked
package dev.snowmelt.sandbox.kafka;

import org.jspecify.annotations.NullMarked;
