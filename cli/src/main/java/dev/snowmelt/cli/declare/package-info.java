/// `snowmelt declare`: from wherever declarations are kept to proposals, one way for all sources.
@NullMarked
package dev.snowmelt.cli.declare;

import org.jspecify.annotations.NullMarked;
