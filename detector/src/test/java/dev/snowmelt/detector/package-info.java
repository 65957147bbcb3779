@NullMarked
package dev.snowmelt.detector;

import org.jspecify.annotations.NullMarked;
