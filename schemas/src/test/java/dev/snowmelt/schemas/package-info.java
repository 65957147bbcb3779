@NullMarked
package dev.snowmelt.schemas;

import org.jspecify.annotations.NullMarked;
