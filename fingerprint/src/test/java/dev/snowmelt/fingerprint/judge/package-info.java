@NullMarked
package dev.snowmelt.fingerprint.judge;

import org.jspecify.annotations.NullMarked;
