@NullMarked
package dev.snowmelt.sources.registry;

import org.jspecify.annotations.NullMarked;
