@NullMarked
package dev.snowmelt.cli.trace;

import org.jspecify.annotations.NullMarked;
