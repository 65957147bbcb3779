/// A Kubernetes cluster in one process: an API server on loopback, its controllers, kubelets and registry.
///
/// It is written from the API's documentation, and the same contract tests run against it and against a real
/// API server. Start at [dev.snowmelt.sandbox.cluster.SimulatedCluster].
@NullMarked
package dev.snowmelt.sandbox.cluster;

import org.jspecify.annotations.NullMarked;
