package dev.snowmelt.sources.registry;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snowmelt.sandbox.registry.RegistryProcess;

/// Says whether tests against a real registry run: where one is installed, and always where
/// `SNOWMELT_TEST_REGISTRY=required` says that one must be, as CI does.
final class RealRegistry {
    private RealRegistry() {}

    static void orSkip() {
        boolean required = "required".equals(System.getenv("SNOWMELT_TEST_REGISTRY"));
        assumeTrue(
                required || RegistryProcess.program().isPresent(),
                "needs docker-registry: apt-get install docker-registry");
    }
}
