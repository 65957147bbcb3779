@NullUnmarked
package dev.snowmelt.cli.declare;

import org.jspecify.annotations.NullUnmarked;
