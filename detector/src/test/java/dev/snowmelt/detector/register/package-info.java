@NullUnmarked
package dev.snowmelt.detector.register;

import org.jspecify.annotations.NullUnmarked;
