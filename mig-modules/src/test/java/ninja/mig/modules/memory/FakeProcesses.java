package ninja.mig.modules.memory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Processes with memory of any layout. */
final class FakeProcesses implements Processes {
    static final int PAGE = 4096;

    private final Map<Long, FakeProcess> byPid = new TreeMap<>();

    FakeProcess add(long pid, String name) {
        FakeProcess process = new FakeProcess(name);
        byPid.put(pid, process);
        return process;
    }

    @Override
    public List<Long> pids() {
        return List.copyOf(byPid.keySet());
    }

    @Override
    public boolean showMemory() {
        return true;
    }

    @Override
    public Optional<Subject> open(long pid) throws IOException {
        FakeProcess process = byPid.get(pid);
        if (process.refusal.isPresent()) {
            throw new IOException(process.refusal.get());
        }
        return Optional.of(process);
    }

    /** One of them; addresses are multiples of the page size. */
    static final class FakeProcess implements Subject {
        private final String name;
        private final StringBuilder maps = new StringBuilder();
        private final TreeMap<Long, byte[]> memory = new TreeMap<>();
        private final Set<Long> unreadable = new HashSet<>();
        private Optional<String> refusal = Optional.empty();

        /** What was read: start and end. */
        final List<long[]> reads = new ArrayList<>();

        /** Called before each read. */
        Runnable atRead = () -> {};

        FakeProcess(String name) {
            this.name = name;
        }

        FakeProcess map(long start, byte[] content) {
            return map(start, content, "rw-p 00000000 00:00 0 ");
        }

        FakeProcess map(long start, byte[] content, String rest) {
            memory.put(start, content);
            return line("%x-%x %s".formatted(start, start + content.length, rest));
        }

        FakeProcess line(String line) {
            maps.append(line).append('\n');
            return this;
        }

        FakeProcess unreadable(long page) {
            unreadable.add(page);
            return this;
        }

        void refuse(String reason) {
            refusal = Optional.of(reason);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean hasEnded() {
            return false;
        }

        @Override
        public String executable() {
            return name;
        }

        @Override
        public Maps maps() {
            return new Maps(new ByteArrayInputStream(maps.toString().getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public Optional<Pagemap> pagemap() {
            return Optional.empty();
        }

        @Override
        public int read(long address, byte[] into, int from, int length) throws IOException {
            atRead.run();
            Map.Entry<Long, byte[]> area = memory.floorEntry(address);
            int n = 0;
            while (n < length
                    && area != null
                    && address + n - area.getKey() < area.getValue().length
                    && !unreadable.contains((address + n) / PAGE * PAGE)) {
                long inArea = address + n - area.getKey();
                int step = (int)
                        Math.min(Math.min(length - n, PAGE - (address + n) % PAGE), area.getValue().length - inArea);
                System.arraycopy(area.getValue(), (int) inArea, into, from + n, step);
                n += step;
                area = memory.floorEntry(address + n);
            }
            if (n == 0) {
                throw new IOException("Input/output error");
            }
            reads.add(new long[] {address, address + n});
            return n;
        }

        @Override
        public void close() {
            // nothing to close
        }
    }
}
