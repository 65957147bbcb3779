@NullUnmarked
package dev.snowmelt.cli.role;

import org.jspecify.annotations.NullUnmarked;
