/// The executor's ports on EC2: live looks, terminations in Auto Scaling groups, launch templates put right.
@NullMarked
package dev.snowmelt.remediator.execute.ec2;

import org.jspecify.annotations.NullMarked;
