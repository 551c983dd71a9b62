package ninja.mig.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A file system that can be filled, where we may mount one; else a folder that can be made unwritable. */
final class SmallDisk implements AutoCloseable {
    private static final int MIB = 1024 * 1024;

    private final Path path;
    private final boolean mounted;

    private SmallDisk(Path path, boolean mounted) {
        this.path = path;
        this.mounted = mounted;
    }

    static SmallDisk at(Path path, int mebibytes) throws Exception {
        Files.createDirectory(path);
        boolean mounted =
                run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + mebibytes + "m", "mig", path.toString());
        if (!mounted) {
            System.err.println("### NOT RUN: a full disk (no file system may be mounted here); the spool is made"
                    + " unwritable instead");
        }
        return new SmallDisk(path, mounted);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    Path path() {
        return path;
    }

    String failure() {
        return mounted ? "disk full" : "spool unwritable";
    }

    /** Nothing more can be written. */
    void fill() throws IOException {
        if (!mounted) {
            permit("r-x------");
            return;
        }
        byte[] chunk = new byte[MIB];
        try (var out = Files.newOutputStream(path.resolve("filler"))) {
            for (int size = MIB; size > 0; size /= 2) {
                fill(out, chunk, size);
            }
        } catch (IOException e) {
            // The disk is full at the latest when it closes.
        }
    }

    private static void fill(java.io.OutputStream out, byte[] chunk, int size) {
        try {
            while (true) {
                out.write(chunk, 0, size);
            }
        } catch (IOException e) {
            // There is no room for as much.
        }
    }

    void empty() throws IOException {
        if (mounted) {
            Files.delete(path.resolve("filler"));
        } else {
            permit("rwx------");
        }
    }

    private void permit(String permissions) throws IOException {
        Files.setPosixFilePermissions(path.resolve("spool/tmp"), PosixFilePermissions.fromString(permissions));
    }

    @Override
    public void close() throws Exception {
        if (mounted && !run("umount", path.toString())) {
            throw new IOException("cannot unmount " + path);
        }
    }
}
