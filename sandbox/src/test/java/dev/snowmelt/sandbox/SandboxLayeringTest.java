package dev.snowmelt.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The sandbox stands in for the world around Snowmelt, so it must not know Snowmelt's roles: a
/// broker or a cluster that knew what detector and remediator expect would please their tests
/// instead of testing them.
@AnalyzeClasses(packages = "dev.snowmelt.sandbox", importOptions = DoNotIncludeTests.class)
class SandboxLayeringTest {

    @ArchTest
    static final ArchRule KNOWS_NO_ROLE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.snowmelt.streams..",
                    "dev.snowmelt.sources..",
                    "dev.snowmelt.detector..",
                    "dev.snowmelt.remediator..",
                    "dev.snowmelt.cli..",
                    "dev.snowmelt.bench..");

    @ArchTest
    static final ArchRule KAFKA_KNOWS_NO_CLUSTER = noClasses()
            .that()
            .resideInAPackage("dev.snowmelt.sandbox.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.snowmelt.sandbox.cluster..", "io.fabric8..");
}
