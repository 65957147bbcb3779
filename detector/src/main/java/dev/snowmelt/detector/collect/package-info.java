/// Collectors: what looks at a platform and writes observations.
@NullMarked
package dev.snowmelt.detector.collect;

import org.jspecify.annotations.NullMarked;
