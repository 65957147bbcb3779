@NullMarked
package dev.snowmelt.sources.packer;

import org.jspecify.annotations.NullMarked;
