/**
 * Module {@code scribe}: checks a policy. A {@link ninja.mig.modules.scribe.Policy} is a document's tests, each of which
 * judges the values of an object, which come from a {@link ninja.mig.modules.scribe.Source}: packages, names or contents of
 * files. Values never leave the host, only where they were found and what the verdict is.
 */
package ninja.mig.modules.scribe;
