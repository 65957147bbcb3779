@NullMarked
package dev.snowmelt.bench.fleet;

import org.jspecify.annotations.NullMarked;
