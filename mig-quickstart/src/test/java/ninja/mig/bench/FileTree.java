package ninja.mig.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * A tree of files to search: printable text with needles in it, the same bytes on every machine. It is made once for each
 * size.
 */
final class FileTree {
    /**
     * How many files there are.
     *
     * @param small of 0 to 16 KiB, 100 in a folder
     * @param medium of 1 MiB, 100 in a folder
     * @param large in one folder
     * @param largeMiB of each large one
     */
    record Size(int small, int medium, int large, int largeMiB) {
        int files() {
            return small + medium + large;
        }

        private String words() {
            return "tree-" + small + "-" + medium + "-" + large + "x" + largeMiB;
        }
    }

    static final String LITERAL = "needle_xyz_12345";
    static final String ALTERNATIVE = "admin_4711@office-lan.example.org";
    static final String OTHER = "BEGIN OPENSSH PRIVATE KEY";

    /** Planted files were modified in 2001, and no other. */
    private static final Instant LONG_AGO = Instant.ofEpochSecond(1_000_000_000);

    private static final int PER_FOLDER = 100;
    private static final int FOLDERS_PER_FOLDER = 100;
    private static final int LARGEST_SMALL = 16 * 1024;
    private static final int MEDIUM = 1024 * 1024;
    private static final String[] EXTENSIONS = {"conf", "txt", "log", "csv", "xml"};

    private final Path root;
    private final Size size;
    private final byte[] text = text();

    private FileTree(Path root, Size size) {
        this.root = root;
        this.size = size;
    }

    /** @return the root of the tree, which is made below the directory unless it is there */
    static Path in(Path directory, Size size, Progress progress) throws IOException {
        Path root = directory.toAbsolutePath().normalize().resolve(size.words());
        if (!Files.isDirectory(root)) {
            Path unfinished = directory.resolve(size.words() + ".unfinished");
            progress.say("making %,d files in %s", size.files(), root);
            new FileTree(unfinished, size).make();
            Files.move(unfinished, root);
        }
        return root;
    }

    private void make() throws IOException {
        for (int i = 0; i < size.small(); i++) {
            SplittableRandom random = new SplittableRandom(i);
            int length = random.nextInt(LARGEST_SMALL + 1);
            boolean holds = i % 1000 == 7 || i % 1000 == 503 || i % 1000 == 771;
            byte[] content = slice(random, holds ? Math.max(length, 512) : length);
            plant(content, i, 1000, random);
            Path file = file("small", i, "report-%07d." + EXTENSIONS[i % EXTENSIONS.length]);
            Files.write(file, content);
            if (i % 500 == 11) {
                Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.plusSeconds(i)));
            }
        }
        for (int i = 0; i < size.medium(); i++) {
            SplittableRandom random = new SplittableRandom(-1 - i);
            byte[] content = slice(random, MEDIUM);
            plant(content, i, 100, random);
            Files.write(file("medium", i, "dump-%05d.dat"), content);
        }
        for (int i = 0; i < size.large(); i++) {
            large(i);
        }
    }

    private void large(int i) throws IOException {
        SplittableRandom random = new SplittableRandom(-1_000_000L - i);
        try (OutputStream out = Files.newOutputStream(file("large", i, "image-%d.raw"))) {
            for (int mib = 0; mib < size.largeMiB(); mib++) {
                byte[] content = slice(random, MEDIUM);
                if (mib == size.largeMiB() * 3 / 4) {
                    write(content, i % 2 == 0 ? LITERAL : ALTERNATIVE, random);
                }
                out.write(content);
            }
        }
    }

    private Path file(String kind, int i, String name) throws IOException {
        int folder = i / PER_FOLDER;
        Path parent = root.resolve(kind)
                .resolve("part-%03d".formatted(folder / FOLDERS_PER_FOLDER))
                .resolve("folder-%05d".formatted(folder));
        if (i % PER_FOLDER == 0) {
            Files.createDirectories(parent);
        }
        return parent.resolve(name.formatted(i));
    }

    private static void plant(byte[] content, int i, int every, SplittableRandom random) {
        if (i % every == 7) {
            write(content, LITERAL, random);
        } else if (i % every == every / 2 + 3) {
            write(content, ALTERNATIVE, random);
        } else if (i % every == every * 3 / 4 + 21) {
            write(content, OTHER, random);
        }
    }

    private static void write(byte[] content, String needle, SplittableRandom random) {
        byte[] line = ("\nhost7 " + needle + " end\n").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(line, 0, content, random.nextInt(content.length - line.length), line.length);
    }

    private byte[] slice(SplittableRandom random, int length) {
        byte[] slice = new byte[length];
        System.arraycopy(text, random.nextInt(text.length - length), slice, 0, length);
        return slice;
    }

    /** Lines like those of logs and configurations, some of them nearly a needle. */
    private static byte[] text() {
        SplittableRandom random = new SplittableRandom(4711);
        String[] words = new String[4000];
        for (int i = 0; i < words.length; i++) {
            StringBuilder word = new StringBuilder();
            for (int k = random.nextInt(2, 10); k > 0; k--) {
                word.append("etaoinshrdlcumwfgypbvkjxqz".charAt(Math.min(random.nextInt(26), random.nextInt(26))));
            }
            words[i] = word.toString();
        }
        StringBuilder text = new StringBuilder(9 << 20);
        while (text.length() < 8 << 20) {
            text.append("2015-%02d-%02d ".formatted(random.nextInt(1, 13), random.nextInt(1, 29)));
            for (int k = random.nextInt(4, 16); k > 0; k--) {
                text.append(words[Math.min(random.nextInt(words.length), random.nextInt(words.length))]);
                text.append(random.nextInt(12) == 0 ? "=" + random.nextInt(100_000) + ", " : " ");
            }
            switch (random.nextInt(300)) {
                case 0 -> text.append("admin_").append(random.nextInt(10_000)).append("@lan.example.com");
                case 1 -> text.append("needle_xyz_").append(random.nextInt(10_000));
                case 2 -> text.append("user_").append(random.nextInt(1_000_000)).append("@office-wan.example.org");
                case 3 -> text.append("root_").append(random.nextInt(100)).append(": BEGIN CERTIFICATE");
                default -> {}
            }
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
