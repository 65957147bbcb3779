package dev.snowmelt.fingerprint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The judgement must be the same wherever it is made, so it may know nothing but its arguments.
@AnalyzeClasses(packages = "dev.snowmelt.fingerprint", importOptions = DoNotIncludeTests.class)
class FingerprintLayeringTest {

    @ArchTest
    static final ArchRule THE_JUDGE_KNOWS_ONLY_THE_JDK_AND_THE_CONTRACTS = classes()
            .that()
            .resideInAPackage("dev.snowmelt.fingerprint.judge..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "dev.snowmelt.fingerprint.judge..",
                    "dev.snowmelt.v1..",
                    "dev.snowmelt.schemas..",
                    "com.google.protobuf..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule THE_JUDGE_ASKS_NO_CLOCK_AND_WRITES_NO_LOG = noClasses()
            .that()
            .resideInAPackage("dev.snowmelt.fingerprint.judge..")
            .should()
            .dependOnClassesThat()
            // Of java.nio, charsets alone open nothing.
            .resideInAnyPackage(
                    "java.io..", "java.net..", "java.nio", "java.nio.channels..", "java.nio.file..", "java.time..");

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
                    "dev.snowmelt.sandbox..",
                    "dev.snowmelt.bench..",
                    "org.apache.kafka..");

    @ArchTest
    static final ArchRule READS_KUBERNETES_OBJECTS_BUT_CALLS_NO_SERVER = noClasses()
            .that()
            .resideInAPackage("dev.snowmelt.fingerprint.kubernetes..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8.kubernetes.client..");
}
