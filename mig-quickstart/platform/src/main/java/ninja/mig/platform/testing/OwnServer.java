package ninja.mig.platform.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a {@code PostgresServer} or {@code AmqpBroker} parameter: a server for this test class alone, always a local
 * process, which the test may stop, crash and start. The shared servers refuse that.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface OwnServer {}
