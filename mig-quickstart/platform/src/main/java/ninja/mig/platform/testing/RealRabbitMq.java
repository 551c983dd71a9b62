package ninja.mig.platform.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * On a test that proves something about RabbitMQ itself, such as its permissions: not run on the embedded stand-in, but
 * skipped with the command that installs the real one.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MigServices.class)
public @interface RealRabbitMq {}
