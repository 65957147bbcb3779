/// What Packer's manifest post-processor writes, as declarations.
@NullMarked
package dev.snowmelt.sources.packer;

import org.jspecify.annotations.NullMarked;
