/// The registry role: asks registries, in the background, whether digests that run are declared
/// images.
@NullMarked
package dev.snowmelt.sources.registry.resolve;

import org.jspecify.annotations.NullMarked;
