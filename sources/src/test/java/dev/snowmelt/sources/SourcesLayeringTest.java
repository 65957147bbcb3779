package dev.snowmelt.sources;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Parsers are given what they read: they open no file, no connection and no process, and ask no
/// clock.
@AnalyzeClasses(packages = "dev.snowmelt.sources", importOptions = DoNotIncludeTests.class)
class SourcesLayeringTest {
    @ArchTest
    static final ArchRule PARSERS_DO_NO_INPUT_OF_THEIR_OWN = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.snowmelt.sources.packer..",
                    "dev.snowmelt.sources.terraform..",
                    "dev.snowmelt.sources.manifest..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.net..", "java.time..", "org.apache.kafka..", "org.slf4j..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.File");

    @ArchTest
    static final ArchRule SOURCES_DO_NOT_KNOW_THE_REGISTRY = noClasses()
            .that()
            .resideOutsideOfPackage("dev.snowmelt.sources.registry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.snowmelt.sources.registry..");
}
