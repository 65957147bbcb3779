/// Traces: from an observation to the outcome of what it led to.
@NullMarked
package dev.snowmelt.schemas.trace;

import org.jspecify.annotations.NullMarked;
