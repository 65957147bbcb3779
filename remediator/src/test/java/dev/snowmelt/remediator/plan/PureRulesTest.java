package dev.snowmelt.remediator.plan;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Guards and plan know nothing but the contracts: no client, no stream, no log, no clock.
@AnalyzeClasses(packages = "dev.snowmelt.remediator", importOptions = DoNotIncludeTests.class)
class PureRulesTest {

    @ArchTest
    static final ArchRule GUARDS_KNOW_CONTRACTS_ALONE = classes()
            .that()
            .resideInAPackage("dev.snowmelt.remediator.guard..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.protobuf..",
                    "dev.snowmelt.v1..",
                    "dev.snowmelt.schemas.id..",
                    "dev.snowmelt.remediator.guard..");

    @ArchTest
    static final ArchRule THE_PLAN_KNOWS_CONTRACTS_AND_GUARDS_ALONE = classes()
            .that()
            .resideInAPackage("dev.snowmelt.remediator.plan..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.protobuf..",
                    "dev.snowmelt.v1..",
                    "dev.snowmelt.schemas..",
                    "dev.snowmelt.remediator.guard..",
                    "dev.snowmelt.remediator.plan..");

    @ArchTest
    static final ArchRule TIME_IS_AN_ARGUMENT = noClasses()
            .that()
            .resideInAnyPackage("dev.snowmelt.remediator.guard..", "dev.snowmelt.remediator.plan..")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule PLANNER_AND_EXECUTORS_MEET_IN_TOPICS = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.snowmelt.remediator.guard..",
                    "dev.snowmelt.remediator.plan..",
                    "dev.snowmelt.remediator.topology..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.snowmelt.remediator.execute..", "dev.snowmelt.detector..");
}
