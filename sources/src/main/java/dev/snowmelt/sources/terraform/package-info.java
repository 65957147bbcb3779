/// What `terraform show -json` prints of a state or a plan, as declarations.
@NullMarked
package dev.snowmelt.sources.terraform;

import org.jspecify.annotations.NullMarked;
