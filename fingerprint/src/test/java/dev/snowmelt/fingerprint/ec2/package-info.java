@NullMarked
package dev.snowmelt.fingerprint.ec2;

import org.jspecify.annotations.NullMarked;
