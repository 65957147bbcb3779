/// `snowmelt doctor`: looks at everything that a role rests on, and says what to do.
@NullMarked
package dev.snowmelt.cli.doctor;

import org.jspecify.annotations.NullMarked;
