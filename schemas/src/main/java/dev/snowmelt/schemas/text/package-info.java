/// Messages as people write and read them: YAML and JSON in the canonical Protobuf JSON mapping.
@NullMarked
package dev.snowmelt.schemas.text;

import org.jspecify.annotations.NullMarked;
