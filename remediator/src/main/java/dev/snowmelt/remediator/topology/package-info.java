/// The planner as a Kafka Streams topology: one task plans for the targets of one partition.
@NullMarked
package dev.snowmelt.remediator.topology;

import org.jspecify.annotations.NullMarked;
