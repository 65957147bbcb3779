/// What becomes of drifted instances and diverged templates: pure rules over the state of one target, and the
/// bookkeeping that applies them. Stores and topics are ports; time is an argument.
@NullMarked
package dev.snowmelt.remediator.plan;

import org.jspecify.annotations.NullMarked;
