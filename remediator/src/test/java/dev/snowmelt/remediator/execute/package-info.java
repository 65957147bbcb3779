@NullMarked
package dev.snowmelt.remediator.execute;

import org.jspecify.annotations.NullMarked;
