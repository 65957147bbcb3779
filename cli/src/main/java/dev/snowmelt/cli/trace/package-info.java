/// Traces of a process' roles, to an OpenTelemetry collector.
@NullMarked
package dev.snowmelt.cli.trace;

import org.jspecify.annotations.NullMarked;
