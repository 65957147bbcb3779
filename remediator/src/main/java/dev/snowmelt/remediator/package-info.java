@NullMarked
package dev.snowmelt.remediator;

import org.jspecify.annotations.NullMarked;
