@NullMarked
package dev.snowmelt.sources.registry.resolve;

import org.jspecify.annotations.NullMarked;
