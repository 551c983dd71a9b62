package ninja.mig.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of a program from its start to its end.
 *
 * @param seconds of wall clock
 * @param cpuSeconds of the program and of those that it started
 * @param peakMiB the most memory that it, or one that it started, had at a time
 * @param output what it printed
 */
record MeasuredProgram(double seconds, double cpuSeconds, double peakMiB, String output) {
    private static final Path TIME = Path.of("/usr/bin/time");

    /** @throws IOException if what is needed to measure memory is not installed */
    static void require() throws IOException {
        if (!Files.isExecutable(TIME)) {
            throw new IOException("GNU time is not installed: apt-get install time");
        }
    }

    /**
     * @param command with the environment that agents give to modules
     * @param input what it reads; its input stays open until it ends
     * @throws IOException if it ends with another status than 0, and not for that it found nothing
     */
    static MeasuredProgram run(List<String> command, String input, Path directory)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Path usage = directory.resolve("usage");
        List<String> line = new ArrayList<>(List.of(TIME.toString(), "-f", "%M %U %S", "-o", usage.toString()));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        long from = System.nanoTime();
        Process process = builder.start();
        try {
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            // A program that does not read has ended before; its status says more.
            process.waitFor();
        }
        int status = process.waitFor();
        double seconds = Stopwatch.seconds(from, System.nanoTime());
        if (status > 1) {
            throw new IOException(
                    String.join(" ", command) + " ended with status " + status + ": " + Files.readString(errors));
        }
        List<String> lines = Files.readAllLines(usage);
        String[] used = lines.get(lines.size() - 1).split(" ");
        return new MeasuredProgram(
                seconds,
                Double.parseDouble(used[1]) + Double.parseDouble(used[2]),
                Double.parseDouble(used[0]) / 1024,
                Files.readString(output));
    }
}
