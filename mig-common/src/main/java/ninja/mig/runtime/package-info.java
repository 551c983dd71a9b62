/** What keeps a daemon running and stops it: named loops, bursts gathered into batches, an orderly end. */
package ninja.mig.runtime;
