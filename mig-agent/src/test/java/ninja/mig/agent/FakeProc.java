package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder that looks like {@code /proc}, for processes that no test can start. */
record FakeProc(Path path) {
    /** The user of this test, who owns the files that it makes. */
    static String self() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
    }

    /** @param uids as {@code /proc/<pid>/status} has them: real, effective, saved, of the file system */
    void process(long pid, String uids, List<String> commandLine) throws IOException {
        Path directory = Files.createDirectories(path.resolve(Long.toString(pid)));
        Files.writeString(
                directory.resolve("status"),
                "Name:\tjava\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t" + pid + "\nUid:\t" + uids
                        + "\nGid:\t0\t0\t0\t0\n");
        Files.writeString(
                directory.resolve("cmdline"), commandLine.isEmpty() ? "" : String.join("\0", commandLine) + "\0");
    }

    /** A process of the user of this test. */
    void own(long pid, String... commandLine) throws IOException {
        String uid = self();
        process(pid, String.join("\t", uid, uid, uid, uid), List.of(commandLine));
    }
}
