@NullMarked
package dev.snowmelt.remediator.guard;

import org.jspecify.annotations.NullMarked;
