/// The detector's Kafka Streams topology: observations and declarations in, verdicts and evidence out.
@NullMarked
package dev.snowmelt.detector.topology;

import org.jspecify.annotations.NullMarked;
