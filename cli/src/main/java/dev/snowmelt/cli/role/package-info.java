/// Roles of a process, each wired in one place.
@NullMarked
package dev.snowmelt.cli.role;

import org.jspecify.annotations.NullMarked;
