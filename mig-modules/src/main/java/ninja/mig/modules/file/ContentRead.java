package ninja.mig.modules.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipException;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.regex.PatternSet;

/**
 * Reads files, each once for everything that several searches want to know of its content: lines and digests together.
 * Files that some searches want decompressed are read once more in that form. It serves one thread.
 */
final class ContentRead {
    private static final long MOST_DECOMPRESSED = 1L << 30;
    private static final long FREE_OF_RATIO = 64L << 20;
    private static final long HIGHEST_RATIO = 1000;
    private static final long MOST_GROWTH = 1L << 30;
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final Set<OpenOption> READ_NO_LINK = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final RunContext context;
    private final StallGuard guard;
    private final LineCutter lines = new LineCutter();
    private final ByteBuffer fromKernel = ByteBuffer.allocateDirect(LineCutter.BLOCK);
    private final Map<String, MessageDigest> digests = new HashMap<>();
    private final LineCutter.Taker taker = this::take;
    private Optional<PatternSet.Search> together = Optional.empty();
    private Request[] owners = {};
    private List<Request> requests = List.of();

    /** @param guard is told when this thread waits for the kernel */
    ContentRead(RunContext context, StallGuard guard) {
        this.context = context;
        this.guard = guard;
    }

    /** What one search wants to know, and then knows. */
    static final class Request {
        private final SearchRun run;
        private final boolean wantsSha256;
        private final LineMatcher lines;
        private Map<String, byte[]> values = Map.of();
        private boolean complete;

        Request(SearchRun run) {
            this.run = run;
            this.wantsSha256 = run.search().received().options().returnSha256();
            this.lines = new LineMatcher(
                    run.contents(), run.search().received().options().macroAl(), run.lookedForTogether());
        }

        private boolean decompress() {
            return run.search().received().options().decompress();
        }

        private boolean wantsLines() {
            return !run.contents().isEmpty() && !lines.isCertain();
        }

        private boolean wantsMore() {
            return !isLost() && (wantsSha256 || !run.hashes().isEmpty() || wantsLines());
        }

        private boolean wantsDigest(String algorithm) {
            return (wantsSha256 && algorithm.equals("SHA-256")
                            || run.hashes().algorithms().contains(algorithm))
                    && !isLost();
        }

        /** Whether all checks must hold and one is known not to. */
        private boolean isLost() {
            if (run.search().matchAll()) {
                for (int i = 0; i < run.contents().size(); i++) {
                    if (lines.verdict(i, complete) == Verdict.FALSE) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** @param content position among the content checks of the search */
        Verdict verdict(int content) {
            return lines.verdict(content, complete);
        }

        /** By algorithm, of the bytes that were inspected; nothing if they were not all read. */
        Map<String, byte[]> digests() {
            return values;
        }

        /** Upper-case hexadecimal, as {@link #digests}. */
        Optional<String> sha256() {
            return Optional.ofNullable(values.get("SHA-256"))
                    .map(d -> HexFormat.of().withUpperCase().formatHex(d));
        }
    }

    /**
     * Fills in what the requests want to know; what cannot be read stays unknown.
     *
     * @param size of the file when it was looked at
     * @param isLink whether a link was followed then; else one that has taken the place of the file is not
     * @return what went wrong
     * @throws StallGuard.LeftBehindException if the file does not answer; the requests are left as they are
     */
    List<Problems.Problem> read(Path file, long size, boolean isLink, List<Request> wanted) {
        List<Problems.Problem> problems = List.of();
        boolean opened = false;
        guard.open();
        try (FileChannel channel = FileChannel.open(file, isLink ? READ : READ_NO_LINK)) {
            guard.opened(channel);
            opened = true;
            List<Request> raw = wanted;
            List<Request> unpacked = decompressing(wanted);
            if (!unpacked.isEmpty() && isGzip(channel)) {
                raw = new ArrayList<>(wanted);
                raw.removeAll(unpacked);
            } else {
                unpacked = List.of();
            }
            if (!raw.isEmpty()) {
                feed(raw, new Raw(channel, size));
            }
            if (!unpacked.isEmpty()) {
                channel.position(0);
                problems = readUnpacked(file, channel, unpacked);
            }
        } catch (IOException e) {
            if (!guard.hasStalled()) {
                problems = List.of(opened ? Problems.error("read", file, e) : Problems.notOpened("open", file, e));
            } else if (!context.mustStop()) {
                problems = List.of(Problems.error("read", file, "timed out"));
            } // Else nobody waited: that is no fault of the file.
        }
        requests = List.of();
        return problems;
    }

    private static List<Request> decompressing(List<Request> requests) {
        for (Request request : requests) {
            if (request.decompress()) {
                return requests.stream().filter(Request::decompress).toList();
            }
        }
        return List.of();
    }

    private boolean isGzip(FileChannel channel) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(2);
        guard.begin();
        int n = channel.read(head, 0);
        guard.end();
        return n == 2 && head.get(0) == 0x1F && head.get(1) == (byte) 0x8B;
    }

    /** Where bytes come from. */
    private interface Source {
        /** @return how many bytes were put there, at least one; -1 at the end */
        int read(byte[] into, int from, int length) throws IOException;

        /** Whether there is nothing more, as far as that is known without reading. */
        boolean isAtEnd();
    }

    /** From the beginning to the end, wherever that is by now: files of /proc have no size. */
    private final class Raw implements Source {
        private final FileChannel channel;
        private final long size;
        private long total;
        private boolean cameShort;

        Raw(FileChannel channel, long size) {
            this.channel = channel;
            this.size = size;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            fromKernel.clear().limit(length);
            guard.begin();
            int n = channel.read(fromKernel);
            guard.end();
            cameShort = n < length;
            if (n > 0) {
                fromKernel.get(0, into, from, n);
                total += n;
                if (total - MOST_GROWTH > size) {
                    throw new IOException("it has grown by more than 1 GiB while it was read");
                }
            }
            return n;
        }

        /** As many as there were, and no more when more were asked for. */
        @Override
        public boolean isAtEnd() {
            return cameShort && total == size;
        }
    }

    /** What gzip data contains. */
    private final class Unpacked implements Source {
        private final Gunzip content;
        private final long packed;
        private long total;

        Unpacked(Gunzip content, long packed) {
            this.content = content;
            this.packed = packed;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = content.read(into, from, length);
            total += Math.max(0, n);
            if (total > MOST_DECOMPRESSED || total > FREE_OF_RATIO && total / packed > HIGHEST_RATIO) {
                throw new TooMuchException();
            }
            return n;
        }

        @Override
        public boolean isAtEnd() {
            return false;
        }
    }

    /** Tells the guard of each read. */
    private final class Guarded extends InputStream {
        private final InputStream in;

        Guarded(FileChannel channel) {
            this.in = Channels.newInputStream(channel);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            guard.begin();
            int n = in.read(into, from, length);
            guard.end();
            return n;
        }
    }

    private List<Problems.Problem> readUnpacked(Path file, FileChannel channel, List<Request> wanted)
            throws IOException {
        long packed = Math.max(1, channel.size());
        try (Gunzip content = new Gunzip(new Guarded(channel))) {
            feed(wanted, new Unpacked(content, packed));
            return List.of();
        } catch (TooMuchException e) {
            return List.of(Problems.error(
                    "decompress", file, "too much data: the limit is 1 GiB, or 1000 times the size on disk"));
        } catch (ZipException | EOFException e) {
            return List.of(Problems.error("decompress", file, "corrupt data"));
        }
    }

    private static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Lines that were whole before reading fails count: they are certain. */
    private void feed(List<Request> wanted, Source source) throws IOException {
        requests = wanted;
        List<MessageDigest> functions = digests();
        lines.begin();
        lookTogether();
        boolean atEnd = false;
        while (!atEnd && anyWantsMore()) {
            int room = lines.room();
            int n = Math.max(0, source.read(lines.bytes(), lines.from(), room));
            atEnd = n == 0 || source.isAtEnd();
            if (context.mustStop()) {
                return; // what is not certain stays unknown
            }
            next(n, atEnd, functions);
        }
        if (atEnd) {
            finish(functions);
        }
    }

    private void next(int fresh, boolean atEnd, List<MessageDigest> functions) {
        boolean linesMatter = anyWantsLines();
        if (linesMatter) {
            lines.cut(fresh, atEnd, taker);
        }
        if (atEnd) {
            for (Request request : requests) {
                request.complete = true;
            }
        }
        // Lines first: in most files they tell that nobody wants the digest, which costs more.
        for (MessageDigest function : functions) {
            if (anyWants(function.getAlgorithm())) {
                function.update(lines.bytes(), lines.from(), fresh);
            }
        }
        if (linesMatter) {
            lines.advance();
        }
    }

    private void take(byte[] bytes, int from, int to) {
        PatternSet.Search search = together.orElseThrow();
        boolean done = search.isWorthIt() && search.find(bytes, from, to, this::found);
        for (Request request : requests) {
            if (request.wantsLines()) {
                request.lines.accept(bytes, from, to, done);
                if (!done) {
                    forgetMatched(request);
                }
            }
        }
    }

    /** What was found alone need not be looked for together. */
    private void forgetMatched(Request request) {
        boolean[] allowed = request.run.lookedForTogether();
        int first = request.run.together().first(request.run.search());
        for (int i = 0; i < allowed.length; i++) {
            if (allowed[i] && request.lines.hasMatched(i)) {
                together.orElseThrow().forget(first + i);
            }
        }
    }

    /** @param content its number in the set of those that are looked for together */
    private void found(int content) {
        Request request = owners[content];
        request.lines.match(content - request.run.together().first(request.run.search()));
    }

    /** The requests that look for contents together, from the first line of a file on. */
    private void lookTogether() {
        if (together.isEmpty()) {
            PatternSet patterns = requests.get(0).run.together().patterns();
            together = Optional.of(patterns.new Search());
            owners = new Request[patterns.size()];
        }
        together.get().clear();
        for (Request request : requests) {
            boolean[] allowed = request.run.lookedForTogether();
            int first = request.run.together().first(request.run.search());
            for (int i = 0; i < allowed.length; i++) {
                if (allowed[i]) {
                    together.get().want(first + i);
                    owners[first + i] = request;
                }
            }
        }
    }

    private boolean anyWantsLines() {
        for (Request request : requests) {
            if (request.wantsLines()) {
                return true;
            }
        }
        return false;
    }

    private boolean anyWantsMore() {
        for (Request request : requests) {
            if (request.wantsMore()) {
                return true;
            }
        }
        return false;
    }

    private boolean anyWants(String algorithm) {
        for (Request request : requests) {
            if (request.wantsDigest(algorithm)) {
                return true;
            }
        }
        return false;
    }

    private void finish(List<MessageDigest> functions) {
        if (functions.isEmpty()) {
            return;
        }
        Map<String, byte[]> values = new HashMap<>();
        functions.forEach(function -> values.put(function.getAlgorithm(), function.digest()));
        requests.stream().filter(request -> !request.isLost()).forEach(request -> request.values = values);
    }

    /** Those that somebody wants, as good as new. */
    private List<MessageDigest> digests() {
        List<MessageDigest> wanted = List.of();
        for (Request request : requests) {
            if (request.wantsSha256) {
                wanted = with("SHA-256", wanted);
            }
            if (!request.run.hashes().isEmpty()) {
                for (String algorithm : request.run.hashes().algorithms()) {
                    wanted = with(algorithm, wanted);
                }
            }
        }
        return wanted;
    }

    private List<MessageDigest> with(String algorithm, List<MessageDigest> wanted) {
        MessageDigest digest = digests.computeIfAbsent(algorithm, ContentRead::digest);
        if (wanted.contains(digest)) {
            return wanted;
        }
        digest.reset();
        List<MessageDigest> more = new ArrayList<>(wanted);
        more.add(digest);
        return more;
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
