/// `bench ec2`: a snapshot of an AWS account beside a bare list of its instances.
@NullMarked
package dev.snowmelt.bench.ec2;

import org.jspecify.annotations.NullMarked;
