@NullUnmarked
package dev.snowmelt.cli.scan;

import org.jspecify.annotations.NullUnmarked;
