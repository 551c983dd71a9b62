/**
 * What a daemon shows of itself to whatever watches it: {@link ninja.mig.metrics.MetricsServer} answers on a loopback
 * address, with the figures of a Prometheus registry and with the {@link ninja.mig.metrics.Health} of its parts.
 */
package ninja.mig.metrics;
