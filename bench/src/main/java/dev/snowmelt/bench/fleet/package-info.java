/// A made-up fleet and its observations, written as a collector would.
@NullMarked
package dev.snowmelt.bench.fleet;

import org.jspecify.annotations.NullMarked;
