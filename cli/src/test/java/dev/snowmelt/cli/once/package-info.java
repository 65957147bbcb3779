@NullMarked
package dev.snowmelt.cli.once;

import org.jspecify.annotations.NullMarked;
