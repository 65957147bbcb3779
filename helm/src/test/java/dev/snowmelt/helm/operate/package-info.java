/// What operators look at: alert rules and dashboards.
@NullMarked
package dev.snowmelt.helm.operate;

import org.jspecify.annotations.NullMarked;
