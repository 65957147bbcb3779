/// The command `bench`: what Snowmelt can do on this machine, beside what the machine can do at all.
@NullMarked
package dev.snowmelt.bench;

import org.jspecify.annotations.NullMarked;
