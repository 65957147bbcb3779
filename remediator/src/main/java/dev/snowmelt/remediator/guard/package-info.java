/// The questions that must all be answered with "yes" before anything is terminated: pure functions of a [Case].
@NullMarked
package dev.snowmelt.remediator.guard;

import org.jspecify.annotations.NullMarked;
