package ninja.mig.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a route that takes no token which has opened any route before: whoever has overheard one cannot use it here. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface UnusedToken {}
