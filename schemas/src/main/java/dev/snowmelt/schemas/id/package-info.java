/// Ids as value types that parse and print themselves.
@NullMarked
package dev.snowmelt.schemas.id;

import org.jspecify.annotations.NullMarked;
