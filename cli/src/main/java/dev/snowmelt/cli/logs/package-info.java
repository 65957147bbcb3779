/// How the process logs: its format, and its levels at run time.
@NullMarked
package dev.snowmelt.cli.logs;

import org.jspecify.annotations.NullMarked;
