@NullMarked
package dev.snowmelt.bench.measure;

import org.jspecify.annotations.NullMarked;
