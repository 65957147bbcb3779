/// Asks for a scan, follows it, and writes its report in every format.
@NullMarked
package dev.snowmelt.cli.scan;

import org.jspecify.annotations.NullMarked;
