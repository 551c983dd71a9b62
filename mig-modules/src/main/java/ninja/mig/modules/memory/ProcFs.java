package ninja.mig.modules.memory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.Utf8;
import ninja.mig.modules.Reason;
import ninja.mig.modules.file.RawPath;

/** The processes of Linux, as {@code /proc} shows them. */
final class ProcFs implements Processes {
    private static final int LONGEST_STATUS = 1 << 20;

    private final Path proc;

    ProcFs(Path proc) {
        this.proc = proc;
    }

    @Override
    public List<Long> pids() throws IOException {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.matches("[0-9]{1,18}")) {
                    pids.add(Long.parseLong(name));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        pids.sort(null);
        return pids;
    }

    @Override
    public boolean showMemory() {
        return true;
    }

    @Override
    public Optional<Subject> open(long pid) throws IOException {
        Path folder = proc.resolve(Long.toString(pid));
        Path mem = folder.resolve("mem");
        try {
            return Optional.of(new Open(pid, folder, Optional.of(FileChannel.open(mem, StandardOpenOption.READ))));
        } catch (AccessDeniedException e) {
            throw refused(mem, e);
        } catch (IOException e) {
            Optional<String> status = status(folder);
            if (status.isEmpty()) {
                return Optional.empty();
            }
            // Threads of the kernel, and processes that only wait to be buried, have no memory; that is no failure.
            if (isMissing(e) && !status.get().contains("\nVmSize:")) {
                return Optional.of(new Open(pid, folder, Optional.empty()));
            }
            throw refused(mem, e);
        }
    }

    private static IOException refused(Path mem, IOException cause) {
        return new IOException("open " + mem + ": " + Reason.of(cause), cause);
    }

    private static boolean isMissing(IOException e) {
        return e instanceof NoSuchFileException || Reason.of(e).equals("no such process");
    }

    /** Nothing if the process has ended. */
    private static Optional<String> status(Path folder) {
        try (InputStream in = Files.newInputStream(folder.resolve("status"))) {
            return Optional.of(Utf8.decode(in.readNBytes(LONGEST_STATUS)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private final class Open implements Subject {
        private final long pid;
        private final Path folder;
        private final Optional<FileChannel> mem;
        private final Optional<Pagemap> pagemap;

        Open(long pid, Path folder, Optional<FileChannel> mem) {
            this.pid = pid;
            this.folder = folder;
            this.mem = mem;
            this.pagemap = mem.isPresent() ? Pagemap.open(proc, pid) : Optional.empty();
        }

        @Override
        public String name() throws IOException {
            try {
                return Utf8.decode(RawPath.bytes(folder.resolve("exe").toRealPath()));
            } catch (IOException e) {
                // A thread of the kernel, or an executable that was deleted or lies in a container.
                String status = status(folder).orElseThrow(() -> new NoSuchFileException(folder.toString()));
                String line = status.lines().findFirst().orElse("");
                return "["
                        + (line.startsWith("Name:")
                                ? line.substring("Name:".length()).strip()
                                : "") + "]";
            }
        }

        @Override
        public String executable() throws IOException {
            return Utf8.decode(RawPath.bytes(Files.readSymbolicLink(folder.resolve("exe"))));
        }

        @Override
        public Maps maps() throws IOException {
            return new Maps(
                    mem.isPresent() ? Files.newInputStream(folder.resolve("maps")) : InputStream.nullInputStream());
        }

        @Override
        public boolean hasEnded() {
            return status(folder).isEmpty();
        }

        @Override
        public Optional<Pagemap> pagemap() {
            return pagemap;
        }

        @Override
        public int read(long address, byte[] into, int from, int length) throws IOException {
            return mem.isEmpty() ? -1 : mem.get().read(ByteBuffer.wrap(into, from, length), address);
        }

        @Override
        public void close() throws IOException {
            if (pagemap.isPresent()) {
                pagemap.get().close();
            }
            if (mem.isPresent()) {
                mem.get().close();
            }
        }
    }
}
