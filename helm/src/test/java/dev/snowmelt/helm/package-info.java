/// The chart, held against the command that it runs, the API that it is applied to, and itself.
@NullMarked
package dev.snowmelt.helm;

import org.jspecify.annotations.NullMarked;
