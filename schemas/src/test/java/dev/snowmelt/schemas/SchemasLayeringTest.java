package dev.snowmelt.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Contracts know nobody: every role depends on them, so they depend on no role.
@AnalyzeClasses(packages = "dev.snowmelt", importOptions = DoNotIncludeTests.class)
class SchemasLayeringTest {
    @ArchTest
    static final ArchRule KNOWS_NO_ROLE = noClasses()
            .that()
            .resideInAPackage("dev.snowmelt.schemas..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.snowmelt.fingerprint..",
                    "dev.snowmelt.streams..",
                    "dev.snowmelt.sources..",
                    "dev.snowmelt.detector..",
                    "dev.snowmelt.remediator..",
                    "dev.snowmelt.sandbox..",
                    "dev.snowmelt.cli..");

    @ArchTest
    static final ArchRule IDS_NEED_THE_JDK_AND_MESSAGES_ALONE = classes()
            .that()
            .resideInAPackage("dev.snowmelt.schemas.id")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "dev.snowmelt.schemas.id", "dev.snowmelt.v1", "org.jspecify..");

    @ArchTest
    static final ArchRule TEXTS_KNOW_NO_KAFKA = noClasses()
            .that()
            .resideInAPackage("dev.snowmelt.schemas.text")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");
}
