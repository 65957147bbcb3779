@NullMarked
package dev.snowmelt.remediator.execute.kubernetes;

import org.jspecify.annotations.NullMarked;
