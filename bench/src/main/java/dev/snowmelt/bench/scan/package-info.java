/// How long a scan takes beside a bare list of the same pods.
@NullMarked
package dev.snowmelt.bench.scan;

import org.jspecify.annotations.NullMarked;
