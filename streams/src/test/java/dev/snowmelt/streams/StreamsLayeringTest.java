package dev.snowmelt.streams;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// What runs a topology knows nothing of what the topology does: it must not become a common
/// module.
@AnalyzeClasses(packages = "dev.snowmelt.streams", importOptions = DoNotIncludeTests.class)
class StreamsLayeringTest {
    @ArchTest
    static final ArchRule KNOWS_KAFKA_AND_TOPICS_ALONE = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "org.apache.kafka..",
                    "org.rocksdb..",
                    "dev.snowmelt.schemas.topic..",
                    "dev.snowmelt.streams..");
}
