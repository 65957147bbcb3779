@NullUnmarked
package dev.snowmelt.cli.demo;

import org.jspecify.annotations.NullUnmarked;
