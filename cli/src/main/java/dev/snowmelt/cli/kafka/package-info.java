/// What the command itself asks of Kafka.
@NullMarked
package dev.snowmelt.cli.kafka;

import org.jspecify.annotations.NullMarked;
