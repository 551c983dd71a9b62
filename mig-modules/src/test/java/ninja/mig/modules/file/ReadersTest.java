package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no longer what they were when they were looked at. */
@Timeout(60)
class ReadersTest {
    private static final Duration SHORT = Duration.ofMillis(150);

    @TempDir
    Path folder;

    private final RunContext context = new RunContext(Clock.systemUTC(), Optional.empty(), false);
    private final Problems problems = new Problems(0);
    private final List<Path> fifos = new ArrayList<>();

    private SearchRun search() throws Exception {
        FileParameters parameters = new FileModule()
                .bind(MigJson.tree("{\"searches\":{\"s\":{\"paths\":[\"/\"],\"contents\":[\"needle\",\"!x\"]}}}"));
        return new SearchRun(parameters.searches().get(0), new ResultBudget(), new ContentSet(parameters.searches()));
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private void becomeFifo(Path file) throws Exception {
        Files.delete(file);
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        fifos.add(file);
    }

    /** Reads the files, which are replaced after they were looked at, and lets go of who still waits. */
    private SearchRun examine(int processors, Duration patience, List<Path> files, Replacement replacement)
            throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
        SearchRun search = search();
        try (Readers readers = new Readers(context, processors, patience)) {
            FileRun run = new FileRun(readers, problems, context);
            List<Look> looks = new ArrayList<>();
            for (Path file : files) {
                looks.add(Look.at(file, LinkOption.NOFOLLOW_LINKS));
            }
            replacement.replace();
            for (int i = 0; i < files.size(); i++) {
                run.evaluate(files.get(i), looks.get(i), List.of(search));
            }
            readers.finish();
        }
        for (Path fifo : fifos) {
            new RandomAccessFile(fifo.toFile(), "rw").close();
        }
        return search;
    }

    private interface Replacement {
        void replace() throws Exception;
    }

    private static List<String> names(List<SearchRun.Match> matches) {
        return matches.stream()
                .map(match -> match.file().getFileName().toString())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void goOnBehindAFileThatBecameAFifo(int processors) throws Exception {
        Path before = file("a", "needle");
        Path swapped = file("b", "needle");
        Path after = file("c", "needle x");

        SearchRun search = examine(processors, SHORT, List.of(before, swapped, after), () -> becomeFifo(swapped));

        assertEquals(List.of("a", "c"), names(search.matches().get(0)));
        assertEquals(List.of("a"), names(search.matches().get(1)), "what was not read holds for nothing");
        assertEquals(List.of("ERROR: open " + swapped + ": timed out"), problems.texts());
        assertEquals(1, problems.notOpenedCount());
    }

    @Test
    void goOnBehindAFifoThatNobodyWritesTo() throws Exception {
        Path swapped = file("b", "needle");
        Path after = file("c", "needle");
        List<RandomAccessFile> silent = new ArrayList<>();

        SearchRun search = examine(1, SHORT, List.of(swapped, after), () -> {
            becomeFifo(swapped);
            silent.add(new RandomAccessFile(swapped.toFile(), "rw"));
        });
        silent.get(0).close();

        assertEquals(List.of("c"), names(search.matches().get(0)));
        assertEquals(List.of("ERROR: read " + swapped + ": timed out"), problems.texts());
        assertEquals(0, problems.notOpenedCount());
    }

    @Test
    void giveUpWhenTooManyFilesDoNotAnswer() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < Readers.MOST_LEFT; i++) {
            files.add(file("f" + (10 + i), "needle"));
        }
        files.add(file("z", "needle"));

        SearchRun search = examine(1, Duration.ofMillis(1), files, () -> {
            for (Path file : files.subList(0, Readers.MOST_LEFT)) {
                becomeFifo(file);
            }
        });

        assertEquals(0, search.hits());
        assertTrue(
                problems.texts().contains("warning: 32 files do not answer, the rest was not read"),
                problems.texts().toString());
    }

    @Test
    void leaveAProcessorToTheWalkUntilItWaits() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
        SearchRun search = search();
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 2 * Readers.FILES; i++) {
            files.add(file("f" + i, "needle"));
        }
        try (Readers readers = new Readers(context, 2, Duration.ofMinutes(5))) {
            FileRun run = new FileRun(readers, problems, context);
            List<Look> looks = new ArrayList<>();
            for (Path file : files) {
                looks.add(Look.at(file, LinkOption.NOFOLLOW_LINKS));
            }
            becomeFifo(files.get(0));
            becomeFifo(files.get(Readers.FILES));
            for (int i = 0; i < files.size(); i++) {
                run.evaluate(files.get(i), looks.get(i), List.of(search));
            }
            awaitReaders(1, "open");
            assertEquals(1, readersIn("open"), "the second batch waits for a processor");
            Thread release = new Thread(() -> {
                awaitReaders(2, "open");
                for (Path fifo : fifos) {
                    try {
                        new RandomAccessFile(fifo.toFile(), "rw").close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            release.setDaemon(true);
            release.start();
            readers.finish();
        }

        assertEquals(files.size() - 2, search.matches().get(0).size());
    }

    @Test
    void doNotWaitForAFifoWhenTheRunMustStop() throws Exception {
        Path before = file("a", "needle");
        Path swapped = file("b", "needle");

        SearchRun search = examine(1, Duration.ofMinutes(5), List.of(before, swapped), () -> {
            becomeFifo(swapped);
            Thread stop = new Thread(() -> {
                awaitReaders(1, "open");
                context.requestStop();
            });
            stop.setDaemon(true);
            stop.start();
        });

        assertEquals(List.of("a"), names(search.matches().get(0)));
        assertEquals(List.of(), problems.texts());
    }

    @Test
    void blameNoFileThatIsReadWhenTheRunMustStop() throws Exception {
        Path swapped = file("b", "needle");
        List<RandomAccessFile> silent = new ArrayList<>();

        SearchRun search = examine(1, Duration.ofMinutes(5), List.of(swapped), () -> {
            becomeFifo(swapped);
            silent.add(new RandomAccessFile(swapped.toFile(), "rw"));
            Thread stop = new Thread(() -> {
                awaitReaders(1, "read0");
                context.requestStop();
            });
            stop.setDaemon(true);
            stop.start();
        });
        silent.get(0).close();

        assertEquals(0, search.hits());
        assertEquals(List.of(), problems.texts());
    }

    /** Until so many wait in the kernel for a FIFO. */
    private static void awaitReaders(int many, String call) {
        while (readersIn(call) < many) {
            Thread.onSpinWait();
        }
    }

    private static long readersIn(String call) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("reader")
                        && thread.getValue().length > 0
                        && thread.getValue()[0].getMethodName().startsWith(call))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "folder", "nothing"})
    void readNothingElseInThePlaceOfAFile(String what) throws Exception {
        Path elsewhere = file("elsewhere", "needle");
        Path swapped = file("b", "needle");

        SearchRun search = examine(1, SHORT, List.of(swapped), () -> {
            Files.delete(swapped);
            switch (what) {
                case "link" -> Files.createSymbolicLink(swapped, elsewhere);
                case "folder" -> Files.createDirectory(swapped);
                default -> {}
            }
        });

        assertEquals(0, search.hits());
        assertEquals(
                List.of(
                        switch (what) {
                            case "link" -> "ERROR: open " + swapped + ": a symbolic link has taken its place";
                            case "folder" -> "ERROR: read " + swapped + ": is a directory";
                            default -> "ERROR: open " + swapped + ": no such file or directory";
                        }),
                problems.texts());
    }
}
