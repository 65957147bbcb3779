@NullMarked
package dev.snowmelt.sources;

import org.jspecify.annotations.NullMarked;
