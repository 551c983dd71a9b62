package ninja.mig.modules.agentdestroy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ninja.mig.modules.AgentFile;

/**
 * The file that a process runs. On Linux that is the very one which it has open, whatever has become of its name: an agent
 * whose file was replaced still runs the old one.
 *
 * @param name that it has, or had
 * @param content where it can be read
 * @param isGone whether the name leads to nothing, or to another file
 */
record RunningFile(Path name, Path content, boolean isGone) {
    private static final String DELETED = " (deleted)";

    /** The program of a process. */
    static RunningFile program(ProcessFacts facts) throws IOException {
        return facts.proc().isPresent()
                ? of(facts.proc().get().resolve("exe"))
                : named(facts.program().toRealPath());
    }

    /**
     * The agent's jar that a process of Java has open.
     *
     * @param jar as its command line names it, absolute
     */
    static RunningFile jar(ProcessFacts facts, Path jar, String start) throws IOException {
        List<RunningFile> agents =
                facts.proc().isPresent() ? agents(facts.proc().get().resolve("fd"), start) : List.of();
        Optional<RunningFile> ofThatName =
                agents.stream().filter(file -> file.name().equals(jar)).findFirst();
        if (ofThatName.isPresent()) {
            return ofThatName.get();
        }
        // A link may lead elsewhere by now.
        return agents.size() == 1 ? agents.get(0) : named(jar.toRealPath());
    }

    private static List<RunningFile> agents(Path descriptors, String start) throws IOException {
        List<RunningFile> agents = new ArrayList<>();
        try (Stream<Path> open = Files.list(descriptors)) {
            for (Path descriptor : (Iterable<Path>) open::iterator) {
                agent(descriptor, start)
                        .filter(found -> agents.stream().noneMatch(found::isSameAs))
                        .ifPresent(agents::add);
            }
        } catch (AccessDeniedException e) {
            return List.of(); // the name must do
        }
        return agents;
    }

    private boolean isSameAs(RunningFile other) {
        return name.equals(other.name) && isGone == other.isGone;
    }

    private static Optional<RunningFile> agent(Path descriptor, String start) throws IOException {
        try {
            Path target = Files.readSymbolicLink(descriptor);
            boolean isNamed = target.isAbsolute()
                    && target.getFileName() != null
                    && target.getFileName().toString().startsWith(start);
            return isNamed && Files.isRegularFile(descriptor) && isAgent(descriptor)
                    ? Optional.of(of(descriptor))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty(); // it was closed meanwhile
        }
    }

    private static boolean isAgent(Path file) {
        try {
            AgentFile.versionOf(file);
            return true;
        } catch (IOException e) {
            return false; // a log, or an archive of classes
        }
    }

    /** @param link of the kernel, which also leads to files that have no name any more */
    private static RunningFile of(Path link) throws IOException {
        Path name = Files.readSymbolicLink(link);
        if (isSame(name, link)) {
            return new RunningFile(name, link, false);
        }
        String text = name.toString();
        Path before = text.endsWith(DELETED) ? Path.of(text.substring(0, text.length() - DELETED.length())) : name;
        return new RunningFile(before, link, !isSame(before, link));
    }

    private static boolean isSame(Path name, Path link) throws IOException {
        return Files.exists(name) && Files.isSameFile(name, link);
    }

    private static RunningFile named(Path file) {
        return new RunningFile(file, file, false);
    }
}
