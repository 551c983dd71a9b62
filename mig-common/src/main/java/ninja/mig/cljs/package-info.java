/**
 * Collection+JSON, the envelope of every answer of the API: version 1.0 as the original serves it, with {@code template}
 * and {@code error} always present.
 */
package ninja.mig.cljs;
