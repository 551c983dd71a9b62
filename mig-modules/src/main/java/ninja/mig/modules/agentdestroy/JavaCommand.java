package ninja.mig.modules.agentdestroy;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.modules.AgentFile;

/**
 * A command line of Java that starts the program of one file.
 *
 * @param file as it was written
 * @param flags behind it, for the program
 */
record JavaCommand(String file, List<String> flags) {
    private static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path");

    /** Options whose value is a word of its own. */
    private static final Set<String> WITH_VALUE = Set.of(
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--limit-modules",
            "--patch-module",
            "--enable-native-access");

    /**
     * Understands {@code java ... -jar <file> ...} and {@code java ... -cp <file> ninja.mig.agent.Main ...}; of anything else
     * nothing.
     */
    static Optional<JavaCommand> parse(List<String> arguments) {
        Optional<String> classPath = Optional.empty();
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            boolean hasNext = i + 1 < arguments.size();
            if (argument.equals("-jar")) {
                return hasNext
                        ? Optional.of(new JavaCommand(arguments.get(i + 1), rest(arguments, i + 2)))
                        : Optional.empty();
            }
            if (CLASS_PATH.contains(argument) && hasNext) {
                classPath = Optional.of(arguments.get(++i));
            } else if (WITH_VALUE.contains(argument)) {
                i++;
            } else if (!argument.startsWith("-")) {
                boolean one = classPath.isPresent() && !classPath.get().contains(File.pathSeparator);
                return one && argument.equals(AgentFile.MAIN_CLASS)
                        ? Optional.of(new JavaCommand(classPath.get(), rest(arguments, i + 1)))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static List<String> rest(List<String> arguments, int from) {
        return new ArrayList<>(arguments.subList(from, arguments.size()));
    }

    /** Whether the flags are those of an agent that stays; a module's process has others, and so has a tool. */
    static boolean isDaemon(List<String> flags) {
        for (int i = 0; i < flags.size(); i++) {
            String flag = flags.get(i).replaceFirst("^--?", "-");
            if (flag.equals("-c") || flag.equals("-m")) {
                if (++i == flags.size() || flag.equals("-m") && !flags.get(i).equals("agent")) {
                    return false;
                }
            } else if (!flag.matches("-(f|d|service)(=(1|t|T|true|TRUE|True))?|-c=.+|-m=agent")) {
                return false;
            }
        }
        return true;
    }
}
