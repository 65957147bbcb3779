@NullMarked
package dev.snowmelt.detector.collect.ec2;

import org.jspecify.annotations.NullMarked;
