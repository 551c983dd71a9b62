/** Servers as parameters of JUnit tests. */
package ninja.mig.platform.testing;
