/// Image registries: which digests an image has, and whether a digest that runs is a declared
/// image.
@NullMarked
package dev.snowmelt.sources.registry;

import org.jspecify.annotations.NullMarked;
