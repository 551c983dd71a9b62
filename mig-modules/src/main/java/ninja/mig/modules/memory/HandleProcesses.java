package ninja.mig.modules.memory;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The processes of a system of which Java knows nothing but the executables. */
final class HandleProcesses implements Processes {
    @Override
    public List<Long> pids() {
        return ProcessHandle.allProcesses().map(ProcessHandle::pid).sorted().toList();
    }

    @Override
    public boolean showMemory() {
        return false;
    }

    @Override
    public Optional<Subject> open(long pid) throws IOException {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        if (handle.isEmpty()) {
            return Optional.empty();
        }
        String command = handle.get()
                .info()
                .command()
                .orElseThrow(() -> new IOException("open process " + pid + ": its executable is not known"));
        return Optional.of(new Named(command));
    }

    private record Named(String name) implements Subject {
        @Override
        public boolean hasEnded() {
            return false; // its name is known already
        }

        @Override
        public String executable() {
            return name;
        }

        @Override
        public Maps maps() {
            return new Maps(InputStream.nullInputStream());
        }

        @Override
        public Optional<Pagemap> pagemap() {
            return Optional.empty();
        }

        @Override
        public int read(long address, byte[] into, int from, int length) {
            return -1;
        }

        @Override
        public void close() {
            // holds nothing open
        }
    }
}
