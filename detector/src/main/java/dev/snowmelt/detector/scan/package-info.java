/// Scans on demand: what may be asked for, and the one report that is made of what the detector
/// counted.
@NullMarked
package dev.snowmelt.detector.scan;

import org.jspecify.annotations.NullMarked;
