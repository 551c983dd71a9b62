/**
 * Module {@code memory}: finds processes by executable, by loaded library and by what their memory holds. The memory of a
 * process is read at most once, in pieces that overlap, whatever is asked of it.
 */
package ninja.mig.modules.memory;
