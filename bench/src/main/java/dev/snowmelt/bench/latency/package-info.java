/// `bench latency`: how long a drift takes to be seen and acted on.
@NullMarked
package dev.snowmelt.bench.latency;

import org.jspecify.annotations.NullMarked;
