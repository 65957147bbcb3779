@NullMarked
package dev.snowmelt.sources.manifest;

import org.jspecify.annotations.NullMarked;
