@NullMarked
package dev.snowmelt.sandbox.kafka;

import org.jspecify.annotations.NullMarked;
