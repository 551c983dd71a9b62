package ninja.mig.modules.memory;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The processes of a host. */
interface Processes {
    /** Their numbers, in ascending order. */
    List<Long> pids() throws IOException;

    /** Whether more can be known of them than the names of their executables. */
    boolean showMemory();

    /**
     * @return nothing if the process has ended
     * @throws IOException if it may not be looked at; the message is fit to be reported
     */
    Optional<Subject> open(long pid) throws IOException;

    /** A process under examination. It may end at any moment. */
    interface Subject extends Closeable {
        /** Whether it has ended, so that questions about it fail. */
        boolean hasEnded();

        /** The path of its executable, or what stands for it in brackets. */
        String name() throws IOException;

        /** The path of its executable as the kernel gives it, which may say that it was deleted. */
        String executable() throws IOException;

        /** What is mapped into its memory, as it is now. */
        Maps maps() throws IOException;

        /** Which of its pages are in use; nothing if the kernel does not tell. */
        Optional<Pagemap> pagemap();

        /**
         * Reads memory.
         *
         * @return how many bytes, fewer than wanted before a place that cannot be read; -1 if the process has ended
         * @throws IOException if nothing can be read at this address
         */
        int read(long address, byte[] into, int from, int length) throws IOException;
    }
}
