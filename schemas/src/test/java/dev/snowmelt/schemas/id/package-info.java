@NullMarked
package dev.snowmelt.schemas.id;

import org.jspecify.annotations.NullMarked;
