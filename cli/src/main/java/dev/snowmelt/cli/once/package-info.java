/// `snowmelt scan --once`: a broker, a detector and a collector for the time of one scan.
@NullMarked
package dev.snowmelt.cli.once;

import org.jspecify.annotations.NullMarked;
