@NullMarked
package dev.snowmelt.sources.terraform;

import org.jspecify.annotations.NullMarked;
