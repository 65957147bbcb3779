@NullMarked
package dev.snowmelt.cli.doctor;

import org.jspecify.annotations.NullMarked;
