package dev.snowmelt.detector.topology;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The topology does no I/O but Kafka's, reads no clock, and knows no collector and no registrar: they meet in topics.
@AnalyzeClasses(packages = "dev.snowmelt.detector.topology", importOptions = DoNotIncludeTests.class)
class TopologyLayeringTest {

    @ArchTest
    static final ArchRule MEETS_OTHERS_IN_TOPICS = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.snowmelt.detector.collect..",
                    "dev.snowmelt.detector.register..",
                    "dev.snowmelt.fingerprint.kubernetes..",
                    "io.fabric8..",
                    "java.net..");

    @ArchTest
    static final ArchRule READS_NO_CLOCK = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now");
}
