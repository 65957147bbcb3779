@NullMarked
package dev.snowmelt.fingerprint.kubernetes;

import org.jspecify.annotations.NullMarked;
