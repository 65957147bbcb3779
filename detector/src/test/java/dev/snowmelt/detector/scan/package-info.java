@NullUnmarked
package dev.snowmelt.detector.scan;

import org.jspecify.annotations.NullUnmarked;
