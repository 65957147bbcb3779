/// Declarations from where people already keep them.
@NullMarked
package dev.snowmelt.sources;

import org.jspecify.annotations.NullMarked;
