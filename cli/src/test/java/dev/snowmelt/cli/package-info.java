@NullUnmarked
package dev.snowmelt.cli;

import org.jspecify.annotations.NullUnmarked;
