@NullMarked
package dev.snowmelt.bench;

import org.jspecify.annotations.NullMarked;
