/// What a whole `snowmelt up` takes of memory.
@NullMarked
package dev.snowmelt.bench.memory;

import org.jspecify.annotations.NullMarked;
