package dev.snowmelt.remediator.execute;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Executors and planner meet in topics only, and a platform's client stays in its own package.
@AnalyzeClasses(packages = "dev.snowmelt.remediator.execute", importOptions = DoNotIncludeTests.class)
class ExecuteLayeringTest {

    @ArchTest
    static final ArchRule KNOWS_NO_PLANNER = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.snowmelt.remediator.guard..",
                    "dev.snowmelt.remediator.plan..",
                    "dev.snowmelt.remediator.topology..",
                    "org.apache.kafka.streams..",
                    "dev.snowmelt.streams..",
                    "dev.snowmelt.detector..",
                    "dev.snowmelt.sandbox..");

    @ArchTest
    static final ArchRule ONLY_ITS_ADAPTER_KNOWS_KUBERNETES = noClasses()
            .that()
            .resideInAPackage("dev.snowmelt.remediator.execute")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8..", "dev.snowmelt.remediator.execute.kubernetes..");

    @ArchTest
    static final ArchRule ONLY_ITS_ADAPTER_KNOWS_AWS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.snowmelt.remediator.execute.ec2..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("software.amazon..", "dev.snowmelt.remediator.execute.ec2..");

    @ArchTest
    static final ArchRule ADAPTERS_KNOW_NO_KAFKA = noClasses()
            .that()
            .resideInAnyPackage("dev.snowmelt.remediator.execute.kubernetes..", "dev.snowmelt.remediator.execute.ec2..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");
}
