package ninja.mig.modules.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
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
import java.util.zip.ZipException;
import ninja.mig.modules.RunContext;

/**
 * Reads a file once for everything that several searches want to know of its content: lines and digests together. Files
 * that some searches want decompressed are read once more in that form.
 */
final class ContentRead {
    private static final int BUFFER = 256 * 1024;
    private static final long MOST_DECOMPRESSED = 1L << 30;
    private static final long FREE_OF_RATIO = 64L << 20;
    private static final long HIGHEST_RATIO = 1000;

    private final RunContext context;
    private final Problems problems;
    private final StallGuard guard;
    private final byte[] buffer = new byte[BUFFER];

    ContentRead(RunContext context, Problems problems, StallGuard guard) {
        this.context = context;
        this.problems = problems;
        this.guard = guard;
    }

    /** What one search wants to know, and then knows. */
    static final class Request {
        private final CompiledSearch search;
        private final List<Check.Content> contents = new ArrayList<>();
        private final List<Check.Hash> hashes = new ArrayList<>();
        private final boolean wantsSha256;
        private final LineMatcher lines;
        private Map<String, byte[]> digests = Map.of();
        private boolean complete;

        Request(CompiledSearch search) {
            this.search = search;
            for (Check check : search.checks()) {
                if (check instanceof Check.Content content) {
                    contents.add(content);
                } else if (check instanceof Check.Hash hash) {
                    hashes.add(hash);
                }
            }
            this.wantsSha256 = search.received().options().returnSha256();
            this.lines = new LineMatcher(contents, search.received().options().macroAl());
        }

        private boolean decompress() {
            return search.received().options().decompress();
        }

        private boolean wantsDigests() {
            return wantsSha256 || !hashes.isEmpty();
        }

        private boolean wantsMore() {
            return !isLost() && (wantsDigests() || !contents.isEmpty() && !lines.isCertain());
        }

        private boolean wantsDigest(String algorithm) {
            return !isLost()
                    && (wantsSha256 && algorithm.equals("SHA-256")
                            || hashes.stream().anyMatch(hash -> hash.algorithm().equals(algorithm)));
        }

        /** Whether all checks must hold and one is known not to. */
        private boolean isLost() {
            return search.matchAll() && contents.stream().anyMatch(content -> verdict(content) == Verdict.FALSE);
        }

        Verdict verdict(Check check) {
            if (check instanceof Check.Content content) {
                return lines.verdict(contents.indexOf(content), complete);
            }
            Check.Hash hash = (Check.Hash) check;
            byte[] digest = digests.get(hash.algorithm());
            return digest == null
                    ? Verdict.UNKNOWN
                    : Verdict.of(MessageDigest.isEqual(digest, hash.digest()) != hash.inverted());
        }

        /** Upper-case hexadecimal, of the bytes that were inspected; nothing if they were not all read. */
        Optional<String> sha256() {
            return Optional.ofNullable(digests.get("SHA-256"))
                    .map(d -> HexFormat.of().withUpperCase().formatHex(d));
        }
    }

    /** Fills in what the requests want to know; what cannot be read stays unknown and is reported once. */
    void read(Path file, List<Request> requests) {
        List<Request> raw = new ArrayList<>();
        List<Request> unpacked = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            guard.watch(channel);
            boolean compressed = requests.stream().anyMatch(Request::decompress) && isGzip(channel);
            for (Request request : requests) {
                (compressed && request.decompress() ? unpacked : raw).add(request);
            }
            if (!raw.isEmpty()) {
                readRaw(channel, raw);
            }
            if (!unpacked.isEmpty()) {
                channel.position(0);
                readUnpacked(file, channel, unpacked);
            }
        } catch (IOException e) {
            if (guard.hasStalled()) {
                problems.error("read", file, "timed out");
            } else if (raw.isEmpty() && unpacked.isEmpty()) {
                problems.notOpened("open", file, e);
            } else {
                problems.error("read", file, e);
            }
        }
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

    private void readRaw(FileChannel channel, List<Request> requests) throws IOException {
        ByteBuffer wrapped = ByteBuffer.wrap(buffer);
        feed(requests, (into, from) -> {
            wrapped.clear().position(from);
            return channel.read(wrapped);
        });
    }

    private void readUnpacked(Path file, FileChannel channel, List<Request> requests) throws IOException {
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
        } catch (TooMuchException e) {
            problems.error("decompress", file, "too much data: the limit is 1 GiB, or 1000 times the size on disk");
        } catch (ZipException | EOFException e) {
            problems.error("decompress", file, "corrupt data");
        }
    }

    private static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void feed(List<Request> requests, Source source) throws IOException {
        Map<String, MessageDigest> digests = digests(requests);
        boolean atEnd = false;
        while (!atEnd && requests.stream().anyMatch(Request::wantsMore)) {
            int n = fill(source);
            atEnd = n < buffer.length;
            if (context.mustStop()) {
                return; // what is not certain stays unknown
            }
            for (Request request : requests) {
                if (!request.contents.isEmpty() && !request.lines.isCertain()) {
                    request.lines.accept(buffer, n);
                }
                if (atEnd) {
                    request.lines.end();
                    request.complete = true;
                }
            }
            // Lines first: in most files they tell that nobody wants the digest, which costs more.
            digests.forEach((algorithm, digest) -> {
                if (requests.stream().anyMatch(request -> request.wantsDigest(algorithm))) {
                    digest.update(buffer, 0, n);
                }
            });
        }
        if (atEnd) {
            finish(requests, digests);
        }
    }

    /** Fills the buffer. @return how far: less than all of it at the end of the file */
    private int fill(Source source) throws IOException {
        int filled = 0;
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

    private static void finish(List<Request> requests, Map<String, MessageDigest> digests) {
        Map<String, byte[]> values = new HashMap<>();
        digests.forEach((algorithm, digest) -> values.put(algorithm, digest.digest()));
        requests.stream().filter(request -> !request.isLost()).forEach(request -> request.digests = values);
    }

    private static Map<String, MessageDigest> digests(List<Request> requests) {
        Map<String, MessageDigest> digests = new HashMap<>();
        for (Request request : requests) {
            if (request.wantsSha256) {
                digests.computeIfAbsent("SHA-256", ContentRead::digest);
            }
            for (Check.Hash hash : request.hashes) {
                digests.computeIfAbsent(hash.algorithm(), ContentRead::digest);
            }
        }
        return digests;
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
