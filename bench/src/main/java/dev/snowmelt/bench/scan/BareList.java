package dev.snowmelt.bench.scan;

import dev.snowmelt.bench.measure.BenchException;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;

/// What anybody would write who wants all pods: pages of 500 with fabric8's client, parsed into its
/// objects.
record BareList(KubernetesClient client, int pods) {
    private static final long PAGE = 500;

    /// @return how long it took, in nanoseconds
    long run() {
        long start = System.nanoTime();
        int seen = 0;
        String next = "";
        do {
            ListOptions options = new ListOptionsBuilder()
                    .withLimit(PAGE)
                    .withContinue(next.isEmpty() ? null : next)
                    .build();
            PodList page = client.pods().inAnyNamespace().list(options);
            seen += page.getItems().size();
            String token = page.getMetadata().getContinue();
            next = token == null ? "" : token;
        } while (!next.isEmpty());
        long took = System.nanoTime() - start;
        if (seen != pods) {
            throw new BenchException("the list has " + seen + " pods, not " + pods);
        }
        return took;
    }
}
