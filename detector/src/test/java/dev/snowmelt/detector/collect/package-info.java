@NullMarked
package dev.snowmelt.detector.collect;

import org.jspecify.annotations.NullMarked;
