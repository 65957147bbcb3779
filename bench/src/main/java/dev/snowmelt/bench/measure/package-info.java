/// How things are measured: pairs, percentiles, a thread's CPU and allocations, and the lines that say the result.
@NullMarked
package dev.snowmelt.bench.measure;

import org.jspecify.annotations.NullMarked;
