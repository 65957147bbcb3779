@NullUnmarked
package dev.snowmelt.cli.config;

import org.jspecify.annotations.NullUnmarked;
