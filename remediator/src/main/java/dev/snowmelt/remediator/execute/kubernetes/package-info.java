/// The executor's ports on Kubernetes: live looks, the Eviction API, patches of pod templates.
@NullMarked
package dev.snowmelt.remediator.execute.kubernetes;

import org.jspecify.annotations.NullMarked;
