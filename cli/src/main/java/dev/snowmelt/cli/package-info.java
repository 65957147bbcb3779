@NullMarked
package dev.snowmelt.cli;

import org.jspecify.annotations.NullMarked;
