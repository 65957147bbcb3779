@NullUnmarked
package dev.snowmelt.cli.output;

import org.jspecify.annotations.NullUnmarked;
