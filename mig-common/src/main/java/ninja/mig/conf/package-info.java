/**
 * Configuration files, in the dialect of git's. A program asks an {@link ninja.mig.conf.IniFile} for each of its keys by
 * type, then calls {@code finish}, which refuses the file with all its problems at once: wrong values, missing keys and
 * names that nobody asked for.
 */
package ninja.mig.conf;
