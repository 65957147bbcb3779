/// The one typed list of topics, their serdes, keys, headers and partitioning.
@NullMarked
package dev.snowmelt.schemas.topic;

import org.jspecify.annotations.NullMarked;
