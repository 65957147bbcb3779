package dev.snowmelt.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The command wires everything, so nothing may know the command; within it, roles do not know subcommands.
@AnalyzeClasses(packages = "dev.snowmelt", importOptions = DoNotIncludeTests.class)
class CliLayeringTest {
    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_COMMAND = noClasses()
            .that()
            .resideOutsideOfPackage("dev.snowmelt.cli..")
            .and()
            .resideOutsideOfPackage("dev.snowmelt.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.snowmelt.cli..");

    @ArchTest
    static final ArchRule ROLES_KNOW_NO_SUBCOMMAND = noClasses()
            .that()
            .resideInAnyPackage("dev.snowmelt.cli.role..", "dev.snowmelt.cli.config..", "dev.snowmelt.cli.http..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(SnowmeltCommand.class);

    @ArchTest
    static final ArchRule PRODUCTION_ROLES_KNOW_NO_SANDBOX = noClasses()
            .that()
            .resideInAPackage("dev.snowmelt.cli.role..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.snowmelt.sandbox..");
}
