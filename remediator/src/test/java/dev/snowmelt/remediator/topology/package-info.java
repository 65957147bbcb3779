@NullMarked
package dev.snowmelt.remediator.topology;

import org.jspecify.annotations.NullMarked;
