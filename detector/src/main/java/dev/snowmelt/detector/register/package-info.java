/// The registrar: single writer of declarations and overrides.
@NullMarked
package dev.snowmelt.detector.register;

import org.jspecify.annotations.NullMarked;
