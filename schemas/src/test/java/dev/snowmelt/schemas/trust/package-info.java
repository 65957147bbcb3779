@NullMarked
package dev.snowmelt.schemas.trust;

import org.jspecify.annotations.NullMarked;
