@NullMarked
package dev.snowmelt.brokers;

import org.jspecify.annotations.NullMarked;
