/**
 * Log lines as operators' scripts expect them, to a stream, a file or syslog. Code logs through SLF4J; a program's main
 * type calls {@link ninja.mig.log.Logging#setUp} once. Until then, and in tests, warnings go to standard error.
 */
package ninja.mig.log;
