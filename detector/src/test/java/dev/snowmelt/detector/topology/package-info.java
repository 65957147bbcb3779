@NullMarked
package dev.snowmelt.detector.topology;

import org.jspecify.annotations.NullMarked;
