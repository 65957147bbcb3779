@NullMarked
package dev.snowmelt.detector.collect.kubernetes;

import org.jspecify.annotations.NullMarked;
