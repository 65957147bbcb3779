/// EC2 instances and Auto Scaling groups: listed by page, and looked at when an event names them.
@NullMarked
package dev.snowmelt.detector.collect.ec2;

import org.jspecify.annotations.NullMarked;
