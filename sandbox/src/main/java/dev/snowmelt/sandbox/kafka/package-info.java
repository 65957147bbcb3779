/// Kafka with nothing installed: brokers in this JVM, and one in a child JVM that can really be killed.
@NullMarked
package dev.snowmelt.sandbox.kafka;

import org.jspecify.annotations.NullMarked;
