@NullMarked
package dev.snowmelt.remediator.execute.ec2;

import org.jspecify.annotations.NullMarked;
