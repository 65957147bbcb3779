@NullMarked
package dev.snowmelt.schemas.topic;

import org.jspecify.annotations.NullMarked;
