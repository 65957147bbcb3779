package dev.snowmelt.sandbox.aws;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests a [Moto]: `@ExtendWith(MotoExtension.class)`, and a parameter of that type wherever
/// JUnit takes one.
///
/// All test classes of a JVM share one moto, which each finds empty; a class that wants it empty
/// for each test calls [Moto#reset] itself. Where there is no moto, its tests are skipped with the
/// reason, unless `SNOWMELT_TEST_MOTO=required` says that there must be one, as CI does: then they
/// fail.
public final class MotoExtension implements ExecutionCondition, BeforeAllCallback, ParameterResolver {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(MotoExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean required = "required".equals(System.getenv("SNOWMELT_TEST_MOTO"));
        return Moto.absence()
                .filter(_ -> !required)
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("there is a moto, or there must be"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        moto(context).reset();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Moto.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return moto(context);
    }

    /// Kept by the session, not by the run, which is a single class where several JVMs share the
    /// classes.
    private static Moto moto(ExtensionContext context) {
        return context.getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, HERE)
                .getOrComputeIfAbsent(Moto.class, _ -> Moto.open(), Moto.class);
    }
}
