/// Runs one Kafka Streams topology as a role: its settings, its memory, its life. What a topology
/// does is not its business.
@NullMarked
package dev.snowmelt.streams;

import org.jspecify.annotations.NullMarked;
