@NullMarked
package dev.snowmelt.fingerprint;

import org.jspecify.annotations.NullMarked;
