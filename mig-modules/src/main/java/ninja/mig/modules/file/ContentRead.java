package ninja.mig.modules.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
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

/**
 * Reads files, each once for everything that several searches want to know of its content: lines and digests together.
 * Files that some searches want decompressed are read once more in that form. It serves one thread.
 */
final class ContentRead implements AutoCloseable {
    private static final int BUFFER = 256 * 1024;
    private static final long MOST_DECOMPRESSED = 1L << 30;
    private static final long FREE_OF_RATIO = 64L << 20;
    private static final long HIGHEST_RATIO = 1000;
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);

    private final RunContext context;
    private final StallGuard guard = new StallGuard();
    private final byte[] buffer = new byte[BUFFER];
    private final ByteBuffer wrapped = ByteBuffer.wrap(buffer);
    private final Map<String, MessageDigest> digests = new HashMap<>();
    private int filled;

    ContentRead(RunContext context) {
        this.context = context;
    }

    @Override
    public void close() {
        guard.close();
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
                    run.contents(), run.search().received().options().macroAl());
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
            if (isLost()) {
                return false;
            }
            if (wantsSha256 && algorithm.equals("SHA-256")) {
                return true;
            }
            for (Check.Hash hash : run.hashes()) {
                if (hash.algorithm().equals(algorithm)) {
                    return true;
                }
            }
            return false;
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

        Verdict verdict(Check check) {
            if (check instanceof Check.Content content) {
                return lines.verdict(run.contents().indexOf(content), complete);
            }
            Check.Hash hash = (Check.Hash) check;
            byte[] digest = values.get(hash.algorithm());
            return digest == null
                    ? Verdict.UNKNOWN
                    : Verdict.of(MessageDigest.isEqual(digest, hash.digest()) != hash.inverted());
        }

        /** Upper-case hexadecimal, of the bytes that were inspected; nothing if they were not all read. */
        Optional<String> sha256() {
            return Optional.ofNullable(values.get("SHA-256"))
                    .map(d -> HexFormat.of().withUpperCase().formatHex(d));
        }
    }

    /**
     * Fills in what the requests want to know; what cannot be read stays unknown.
     *
     * @param size of the file when it was looked at
     * @return what went wrong
     */
    List<Problems.Problem> read(Path file, long size, List<Request> requests) {
        List<Problems.Problem> problems = new ArrayList<>(0);
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(file, READ)) {
            guard.watch(channel);
            List<Request> raw = new ArrayList<>(requests);
            List<Request> unpacked = List.of();
            if (requests.stream().anyMatch(Request::decompress) && isGzip(channel)) {
                unpacked = requests.stream().filter(Request::decompress).toList();
                raw.removeAll(unpacked);
            }
            opened = true;
            if (!raw.isEmpty()) {
                readRaw(channel, size, raw);
            }
            if (!unpacked.isEmpty()) {
                channel.position(0);
                readUnpacked(file, channel, unpacked).ifPresent(problems::add);
            }
        } catch (IOException e) {
            problems.add(
                    guard.hasStalled()
                            ? Problems.error("read", file, "timed out")
                            : opened ? Problems.error("read", file, e) : Problems.notOpened("open", file, e));
        }
        return problems;
    }

    private boolean isGzip(FileChannel channel) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(2);
        guard.begin();
        int n = channel.read(head, 0);
        guard.end();
        return n == 2 && head.get(0) == 0x1F && head.get(1) == (byte) 0x8B;
    }

    /** Where bytes come from: as many as there are at hand, -1 at the end. */
    private interface Source {
        int read(byte[] into, int from) throws IOException;
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
        public int read(byte[] into, int from) throws IOException {
            if (cameShort && total == size) {
                return -1; // As many as there were, and no more when more were asked for.
            }
            wrapped.clear().position(from);
            int n = channel.read(wrapped);
            cameShort = n < into.length - from;
            total += Math.max(0, n);
            return n;
        }
    }

    private void readRaw(FileChannel channel, long size, List<Request> requests) throws IOException {
        feed(requests, new Raw(channel, size));
    }

    private Optional<Problems.Problem> readUnpacked(Path file, FileChannel channel, List<Request> requests)
            throws IOException {
        long packed = Math.max(1, channel.size());
        try (Gunzip unpacked = new Gunzip(Channels.newInputStream(channel))) {
            long[] total = {0};
            feed(requests, (into, from) -> {
                int n = unpacked.read(into, from);
                total[0] += Math.max(0, n);
                if (total[0] > MOST_DECOMPRESSED || total[0] > FREE_OF_RATIO && total[0] / packed > HIGHEST_RATIO) {
                    throw new TooMuchException();
                }
                return n;
            });
            return Optional.empty();
        } catch (TooMuchException e) {
            return Optional.of(Problems.error(
                    "decompress", file, "too much data: the limit is 1 GiB, or 1000 times the size on disk"));
        } catch (ZipException | EOFException e) {
            return Optional.of(Problems.error("decompress", file, "corrupt data"));
        }
    }

    private static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void feed(List<Request> requests, Source source) throws IOException {
        List<MessageDigest> wanted = digests(requests);
        boolean atEnd = false;
        while (!atEnd && anyWantsMore(requests)) {
            int n = fillOrMatch(source, requests);
            atEnd = n < buffer.length;
            if (context.mustStop()) {
                return; // what is not certain stays unknown
            }
            for (Request request : requests) {
                if (request.wantsLines()) {
                    request.lines.accept(buffer, n);
                }
                if (atEnd) {
                    request.lines.end();
                    request.complete = true;
                }
            }
            // Lines first: in most files they tell that nobody wants the digest, which costs more.
            for (MessageDigest digest : wanted) {
                if (anyWants(requests, digest.getAlgorithm())) {
                    digest.update(buffer, 0, n);
                }
            }
        }
        if (atEnd) {
            finish(requests, wanted);
        }
    }

    private static boolean anyWantsMore(List<Request> requests) {
        for (Request request : requests) {
            if (request.wantsMore()) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyWants(List<Request> requests, String algorithm) {
        for (Request request : requests) {
            if (request.wantsDigest(algorithm)) {
                return true;
            }
        }
        return false;
    }

    /** What was read before it failed counts: lines that match are certain. */
    private int fillOrMatch(Source source, List<Request> requests) throws IOException {
        try {
            return fill(source);
        } catch (IOException e) {
            for (Request request : requests) {
                if (request.wantsLines()) {
                    request.lines.accept(buffer, filled);
                }
            }
            throw e;
        }
    }

    /** Fills the buffer. @return how far: less than all of it at the end of the file */
    private int fill(Source source) throws IOException {
        filled = 0;
        while (filled < buffer.length && !context.mustStop()) {
            guard.begin();
            int n = source.read(buffer, filled);
            guard.end();
            if (n < 0) {
                break;
            }
            filled += n;
        }
        return filled;
    }

    private static void finish(List<Request> requests, List<MessageDigest> digests) {
        if (digests.isEmpty()) {
            return;
        }
        Map<String, byte[]> values = new HashMap<>();
        digests.forEach(digest -> values.put(digest.getAlgorithm(), digest.digest()));
        requests.stream().filter(request -> !request.isLost()).forEach(request -> request.values = values);
    }

    /** Those that somebody wants, as good as new. */
    private List<MessageDigest> digests(List<Request> requests) {
        List<MessageDigest> wanted = new ArrayList<>(0);
        for (Request request : requests) {
            if (request.wantsSha256) {
                want("SHA-256", wanted);
            }
            for (Check.Hash hash : request.run.hashes()) {
                want(hash.algorithm(), wanted);
            }
        }
        return wanted;
    }

    private void want(String algorithm, List<MessageDigest> wanted) {
        MessageDigest digest = digests.computeIfAbsent(algorithm, ContentRead::digest);
        if (!wanted.contains(digest)) {
            digest.reset();
            wanted.add(digest);
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
