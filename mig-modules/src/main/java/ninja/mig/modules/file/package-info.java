/**
 * Module {@code file}: searches a file system by name, size, mode, modification time, content and checksums. A file is
 * read at most once in each form, whatever is asked of it, and never as a whole.
 */
package ninja.mig.modules.file;
