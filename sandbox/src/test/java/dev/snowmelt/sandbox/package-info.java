@NullMarked
package dev.snowmelt.sandbox;

import org.jspecify.annotations.NullMarked;
