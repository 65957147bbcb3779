@NullMarked
package dev.snowmelt.remediator.plan;

import org.jspecify.annotations.NullMarked;
