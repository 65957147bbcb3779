/// What people and scripts see on stdout.
@NullMarked
package dev.snowmelt.cli.output;

import org.jspecify.annotations.NullMarked;
