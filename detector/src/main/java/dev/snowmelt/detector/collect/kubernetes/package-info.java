/// The collector of Kubernetes: lists and watches a cluster and writes what it sees to `observations`.
@NullMarked
package dev.snowmelt.detector.collect.kubernetes;

import org.jspecify.annotations.NullMarked;
