/**
 * Regular expressions on bytes, for contents of files and of memory. {@link ninja.mig.modules.regex.BytePattern} is all that
 * others use. What is looked for is first a text that every match contains, by eight bytes at a time; then an automaton
 * over bytes decides, whose states are made when they are first met. RE2/J, on decoded text, is what both must agree with,
 * and what decides where they cannot.
 */
package ninja.mig.modules.regex;
