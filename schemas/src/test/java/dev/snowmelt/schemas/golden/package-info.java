@NullMarked
package dev.snowmelt.schemas.golden;

import org.jspecify.annotations.NullMarked;
