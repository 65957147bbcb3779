/// What EC2 and Auto Scaling say, in the words of the contracts.
@NullMarked
package dev.snowmelt.fingerprint.ec2;

import org.jspecify.annotations.NullMarked;
