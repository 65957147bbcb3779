@NullMarked
package dev.snowmelt.schemas.text;

import org.jspecify.annotations.NullMarked;
