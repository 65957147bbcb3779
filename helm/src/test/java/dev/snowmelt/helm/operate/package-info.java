/// What operators look at, held against a Prometheus and an Alertmanager that run.
@NullMarked
package dev.snowmelt.helm.operate;

import org.jspecify.annotations.NullMarked;
