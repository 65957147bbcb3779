/// `bench detector`: the detector's throughput beside a consumer that only parses.
@NullMarked
package dev.snowmelt.bench.detector;

import org.jspecify.annotations.NullMarked;
