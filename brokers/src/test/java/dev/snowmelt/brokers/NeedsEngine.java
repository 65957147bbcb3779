package dev.snowmelt.brokers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/// Skips a class, and says why, where no container engine answers; with
/// `SNOWMELT_TEST_DOCKER=required` that is a failure instead.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsEngine.Condition.class)
@interface NeedsEngine {
    /// Looks whether an engine answers.
    final class Condition implements ExecutionCondition {
        private static final String MISSING =
                "no container engine answers; start one, or run '.ci/with-engine ./mvnw verify -Pdocker'";

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (DockerClientFactory.instance().isDockerAvailable()) {
                return ConditionEvaluationResult.enabled("a container engine answers");
            }
            if ("required".equals(System.getenv("SNOWMELT_TEST_DOCKER"))) {
                throw new IllegalStateException("SNOWMELT_TEST_DOCKER=required, but " + MISSING);
            }
            return ConditionEvaluationResult.disabled(MISSING);
        }
    }
}
