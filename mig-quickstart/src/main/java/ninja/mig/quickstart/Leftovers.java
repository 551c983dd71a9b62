package ninja.mig.quickstart;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The programs that an earlier quickstart left running in its directory because it was killed itself. */
final class Leftovers {
    private Leftovers() {}

    /** Ends them. The directory is locked by us, so nobody else's programs run in it. */
    static void end(Path directory) {
        String below = directory + "/";
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> runsBelow(process, below))
                .toList();
        left.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(left.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .join();
    }

    /** Only the JVMs and the Erlang VM: PostgreSQL takes its own left-over server down in an orderly way. */
    private static boolean runsBelow(ProcessHandle process, String directory) {
        String command = process.info().command().orElse("");
        String arguments = String.join(" ", process.info().arguments().orElse(new String[0]));
        return (command.endsWith("/java") || command.endsWith("/beam.smp")) && arguments.contains(directory);
    }
}
