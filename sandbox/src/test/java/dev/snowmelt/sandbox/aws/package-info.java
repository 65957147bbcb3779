@NullMarked
package dev.snowmelt.sandbox.aws;

import org.jspecify.annotations.NullMarked;
