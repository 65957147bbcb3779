/// How long detection stands still when one of two detectors dies, or is upgraded.
@NullMarked
package dev.snowmelt.bench.failover;

import org.jspecify.annotations.NullMarked;
