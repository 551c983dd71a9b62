package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Small programs that write down how they were called. */
final class Scripts {
    private Scripts() {}

    /** A program that appends its name and arguments to a file, and succeeds. */
    static Path recorder(Path program, Path record) throws IOException {
        return executable(program, "#!/bin/sh\necho \"${0##*/} $*\" >>'" + record + "'\n");
    }

    static Path executable(Path program, String text) throws IOException {
        Files.createDirectories(program.getParent());
        Files.writeString(program, text);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    static List<String> lines(Path record) throws IOException {
        return Files.exists(record) ? Files.readAllLines(record) : List.of();
    }
}
