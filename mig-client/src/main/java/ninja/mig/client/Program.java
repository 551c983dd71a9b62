package ninja.mig.client;

import java.io.PrintStream;
import ninja.mig.conf.ConfException;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.model.InvalidActionException;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.SigningException;
import ninja.mig.runtime.Version;
import picocli.CommandLine;

/** What the investigators' programs have in common: one line for each failure, and exit codes that scripts can rely on. */
public final class Program {
    private final PrintStream errors;

    public Program(PrintStream errors) {
        this.errors = errors;
    }

    /** Runs a command, with -h and -V; wrong usage prints the usage and gives {@link ExitCode#USAGE}. */
    public int run(Object command, String... arguments) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().version(Version.of(command.getClass()));
        return line.setExitCodeExceptionMapper(Program::exitCode)
                .setExecutionExceptionHandler((failure, cause, parsed) -> report(failure))
                .setParameterExceptionHandler((failure, args) -> {
                    errors.println("error: " + Text.printable(failure.getMessage()));
                    failure.getCommandLine().usage(errors);
                    return ExitCode.USAGE;
                })
                .execute(arguments);
    }

    private int report(Exception failure) throws Exception {
        int code = exitCode(failure);
        if (code == ExitCode.USAGE) {
            throw failure; // a defect of the program: show where
        }
        errors.println("error: " + failure.getMessage());
        return code;
    }

    private static int exitCode(Throwable failure) {
        if (failure instanceof ConfException || failure instanceof SigningException) {
            return ExitCode.CONFIGURATION;
        }
        if (failure instanceof ApiException) {
            return ExitCode.API;
        }
        if (failure instanceof InvalidActionException) {
            return ExitCode.ACTION;
        }
        if (failure instanceof MalformedJsonException
                || failure instanceof RejectedException
                || failure instanceof java.io.IOException) {
            return ExitCode.UNUSABLE;
        }
        if (failure instanceof InterruptedException) {
            return ExitCode.INTERRUPTED;
        }
        return ExitCode.USAGE;
    }
}
