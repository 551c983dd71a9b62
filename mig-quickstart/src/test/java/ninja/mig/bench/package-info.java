/**
 * Benchmarks of the scheduler, beside the limits of the servers it stands on. {@code docs/performance.md} tells how to
 * run and read them. {@link ninja.mig.bench.Main} runs them; each starts servers of its own ({@link
 * ninja.mig.bench.Testbed}) and drives a scheduler in a process of its own through the wire format alone.
 */
package ninja.mig.bench;
