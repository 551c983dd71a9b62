package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;

/**
 * A page for a person: sections of lines that say OK, something to know, what to put right, or what is refused. Each line is printed when
 * it is known. Text from elsewhere cannot move the cursor or pretend to be another line.
 */
final class Page {
    private static final int NAME_WIDTH = 18;

    private final PrintStream out;
    private final boolean colours;
    private String secret = "";
    private int faults;

    private enum Verdict {
        OK("OK  ", "32"),
        NOTE("NOTE", "33"),
        FIX("FIX ", "1;31"),
        NO("NO  ", "1;31");

        private final String word;
        private final String colour;

        Verdict(String word, String colour) {
            this.word = word;
            this.colour = colour;
        }
    }

    /** @param colours whether the reader's terminal has them */
    Page(PrintStream out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    /** Prints {@code <id>} instead of this text from now on, wherever it occurs. */
    void hide(String text) {
        secret = text;
    }

    void section(String title) {
        out.println();
        out.println(title);
    }

    void value(String name, String value) {
        out.println(printable(("      %-" + NAME_WIDTH + "s %s").formatted(name, value)));
    }

    void ok(String text) {
        line(Verdict.OK, text);
    }

    /** Something to know, which is no fault, or which cannot be told from here. */
    void note(String text) {
        line(Verdict.NOTE, text);
    }

    /** @param advice what to do about it */
    void note(String text, String advice) {
        note(text);
        advice(advice);
    }

    /**
     * Something that keeps the agent from its work, or endangers its host.
     *
     * @param advice what to do about it
     */
    void fix(String text, String advice) {
        line(Verdict.FIX, text);
        advice(advice);
        faults++;
    }

    /** Something that the agent would refuse. */
    void no(String text) {
        line(Verdict.NO, text);
    }

    /** As {@link #no(String)}, with the reason on a line of its own. */
    void no(String text, String reason) {
        no(text);
        advice(reason);
    }

    /** How many lines say what to put right. */
    int faults() {
        return faults;
    }

    private void line(Verdict verdict, String text) {
        String word = colours ? "\033[" + verdict.colour + "m" + verdict.word + "\033[0m" : verdict.word;
        out.println("  " + word + "  " + printable(text));
    }

    private void advice(String text) {
        out.println("        -> " + printable(text));
    }

    /** What a failure to look at something means for the reader. */
    static String reason(IOException e) {
        return e instanceof AccessDeniedException denied
                ? "user '" + System.getProperty("user.name") + "' may not read " + denied.getFile()
                : e.toString();
    }

    private String printable(String text) {
        String shown = secret.isEmpty() ? text : text.replace(secret, "<id>");
        return shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
