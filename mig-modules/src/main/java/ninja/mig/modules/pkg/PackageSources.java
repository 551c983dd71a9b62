package ninja.mig.modules.pkg;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import ninja.mig.modules.HostProgram;
import ninja.mig.modules.RunContext;

/** The package managers of the host: dpkg and rpm, at their absolute paths. */
public final class PackageSources {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String RPM_FORMAT = "%{NAME} %{EVR} %{ARCH}\\n";

    private final List<Path> dpkg;
    private final List<Path> rpm;
    private final Duration limit;

    /**
     * @param dpkg where to look for it; the first that can be run counts
     * @param limit for each of the two
     */
    public PackageSources(List<Path> dpkg, List<Path> rpm, Duration limit) {
        this.dpkg = dpkg;
        this.rpm = rpm;
        this.limit = limit;
    }

    /** Those of the host that this program runs on. */
    public static PackageSources ofThisHost() {
        return new PackageSources(
                List.of(Path.of("/usr/bin/dpkg"), Path.of("/bin/dpkg")),
                List.of(Path.of("/usr/bin/rpm"), Path.of("/bin/rpm")),
                LIMIT);
    }

    /**
     * Reads what is installed, dpkg's packages first, each in the order of its manager. A manager that is not there has no
     * packages.
     *
     * @param packages called from another thread, one package after the other
     * @return what went wrong, for people
     */
    public List<String> read(RunContext context, Consumer<InstalledPackage> packages) {
        List<String> problems = new ArrayList<>();
        Optional<Path> first = installed(dpkg);
        first.flatMap(program -> new HostProgram(program, List.of("-l"), limit)
                        .run(context, line -> ofDpkg(line).ifPresent(packages)))
                .ifPresent(problems::add);
        Optional<Path> second = installed(rpm);
        if (second.isPresent() && !context.mustStop()) {
            new HostProgram(second.get(), List.of("-qa", "--queryformat", RPM_FORMAT), limit)
                    .run(context, line -> ofRpm(line).ifPresent(packages))
                    .ifPresent(problems::add);
        }
        if (first.isEmpty() && second.isEmpty()) {
            problems.add("warning: this host has neither dpkg nor rpm");
        }
        return problems;
    }

    private static Optional<Path> installed(List<Path> paths) {
        return paths.stream()
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
                .findFirst();
    }

    /** A line of {@code dpkg -l}: state, name, version, architecture, description. Only state {@code ii} counts. */
    private static Optional<InstalledPackage> ofDpkg(String line) {
        String text = line.strip();
        String[] fields = text.startsWith("ii") ? text.split("\\s+", 5) : new String[0];
        return fields.length < 4 || !fields[0].equals("ii")
                ? Optional.empty()
                : Optional.of(new InstalledPackage(fields[1], fields[2], "dpkg", fields[3]));
    }

    private static Optional<InstalledPackage> ofRpm(String line) {
        String[] fields = line.strip().split("\\s+", 4);
        return fields.length < 3
                ? Optional.empty()
                : Optional.of(new InstalledPackage(fields[0], fields[1], "rpm", fields[2]));
    }
}
