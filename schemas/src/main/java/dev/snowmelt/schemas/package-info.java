/// Reading and writing the contracts.
@NullMarked
package dev.snowmelt.schemas;

import org.jspecify.annotations.NullMarked;
