package ninja.mig.modules.memory;

import java.util.ArrayList;
import java.util.List;
import ninja.mig.modules.RunContext;

/** What all searches together still look for in the memory of one process. */
final class MemoryScan {
    /** Matches of expressions that are not longer are never missed. */
    static final int CONTENT_OVERLAP = 64 * 1024;

    static final int LEAST_OVERLAP = 4096;

    private final RunContext context;
    private final List<Part> parts = new ArrayList<>();
    private final int overlap;

    MemoryScan(List<Candidate> candidates, RunContext context) {
        this.context = context;
        int longest = LEAST_OVERLAP;
        for (Candidate candidate : candidates) {
            for (int i = 0; i < candidate.checks().size(); i++) {
                if (candidate.awaits(i) && candidate.checks().get(i) instanceof Check.OnMemory check) {
                    part(candidate.options()).add(new Target(candidate, i, check));
                    longest = Math.max(
                            longest, check instanceof Check.Bytes string ? string.bytes().length : CONTENT_OVERLAP);
                }
            }
        }
        // Whole pages are read faster.
        this.overlap = (longest + LEAST_OVERLAP - 1) / LEAST_OVERLAP * LEAST_OVERLAP;
        parts.forEach(Part::refresh);
    }

    private Part part(MemorySearch.Options options) {
        for (Part part : parts) {
            if (part.offset == options.offset() && part.maxLength == options.maxLength()) {
                return part;
            }
        }
        Part part = new Part(options.offset(), options.maxLength());
        parts.add(part);
        return part;
    }

    /** How many bytes of one look the next one must begin with, so that nothing is missed between them. */
    int overlap() {
        return overlap;
    }

    boolean isDone() {
        return parts.isEmpty();
    }

    /** No search looks at lower addresses. */
    long from() {
        return parts.stream().mapToLong(part -> part.offset).min().orElse(Long.MAX_VALUE);
    }

    /** No search looks at more bytes than that. */
    long most() {
        return parts.stream().mapToLong(part -> part.left).max().orElse(0);
    }

    /**
     * Looks at a piece of memory.
     *
     * @param start its address
     * @param fresh how many of its bytes, at its end, were not in the piece before
     */
    void look(byte[] memory, int length, long start, int fresh) {
        parts.forEach(part -> part.look(memory, length, start, fresh));
        parts.removeIf(Part::isDone);
    }

    /** Counts bytes that are known not to matter. */
    void skip(long start, long length) {
        parts.forEach(
                part -> part.left -= Math.max(0, Math.min(part.left, start + length - Math.max(start, part.offset))));
        parts.removeIf(Part::isDone);
    }

    /** One check of one search. */
    private record Target(Candidate candidate, int number, Check.OnMemory check) {
        boolean isOpen() {
            return candidate.awaits(number);
        }

        void pass() {
            candidate.pass(number);
        }
    }

    /** The searches that look at the same part of the memory. */
    private final class Part {
        private final long offset;
        private final long maxLength;
        private long left;
        private final List<Target> strings = new ArrayList<>();
        private final List<Target> contents = new ArrayList<>();
        private ByteStrings finder = new ByteStrings(List.of());

        Part(long offset, long maxLength) {
            this.offset = offset;
            this.maxLength = maxLength;
            this.left = maxLength == 0 ? Long.MAX_VALUE : maxLength;
        }

        void add(Target target) {
            (target.check() instanceof Check.Bytes ? strings : contents).add(target);
        }

        boolean isDone() {
            return left == 0 || strings.isEmpty() && contents.isEmpty();
        }

        void look(byte[] memory, int length, long start, int fresh) {
            long end = start + length;
            long freshFrom = Math.max(end - fresh, offset);
            long seen = Math.min(end - freshFrom, left);
            if (seen <= 0) {
                return;
            }
            left -= seen;
            find(memory, (int) (Math.max(start, offset) - start), (int) (freshFrom + seen - start));
        }

        private void find(byte[] memory, int from, int to) {
            boolean[] passed = {false};
            finder.search(memory, from, to, found -> {
                passed[0] = true;
                strings.get(found).pass();
            });
            for (Target target : contents) {
                if (context.mustStop()) {
                    break;
                }
                if (((Check.Content) target.check()).pattern().find(memory, from, to)) {
                    passed[0] = true;
                    target.pass();
                }
            }
            if (passed[0]) {
                parts.forEach(Part::refresh);
            }
        }

        /** Forgets what has been found, and what makes no difference any more. */
        void refresh() {
            contents.removeIf(target -> !target.isOpen());
            strings.removeIf(target -> !target.isOpen());
            finder = new ByteStrings(strings.stream()
                    .map(target -> ((Check.Bytes) target.check()).bytes())
                    .toList());
        }
    }
}
