package ninja.mig.platform.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import ninja.mig.platform.TinyProxy;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * On a test that goes through a real HTTP proxy, which it starts with {@link TinyProxy}: skipped, with
 * the command that installs it, where there is none.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RealProxy.Installed.class)
public @interface RealProxy {
    /** Asks for the program. */
    final class Installed implements ExecutionCondition {
        /** Begins the reason of every skip for want of a proxy; {@code run-tests} counts them in the reports. */
        private static final String REASON = "NOT RUN, needs a real proxy: apt-get install tinyproxy-bin";

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (TinyProxy.isInstalled()) {
                return ConditionEvaluationResult.enabled("there is a proxy");
            }
            System.err.println("### " + context.getDisplayName() + ": " + REASON);
            return ConditionEvaluationResult.disabled(REASON);
        }
    }
}
