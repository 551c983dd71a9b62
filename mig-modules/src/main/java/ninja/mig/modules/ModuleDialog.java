package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * Parameters in questions and answers. It knows no terminal: whoever does shows {@link #prompt}, hands over one line with
 * {@link #enter} and shows what comes back, until {@link #isOver}. A line that is refused changes nothing.
 */
public interface ModuleDialog {
    /** Ends the dialog, or a search of it, with what was entered. */
    String DONE = "done";

    /** Says what can be entered. */
    String HELP = "help";

    /** Ends the dialog, or a search of it, without what was entered. */
    String CANCEL = "cancel";

    /** What to show before the next line, such as {@code ping> }. */
    String prompt();

    /**
     * Takes the next line.
     *
     * @return the lines to show: help, or why the line was refused, behind {@code ERROR: }; fit for a terminal
     */
    List<String> enter(String line);

    boolean isOver();

    /** What was entered, checked; nothing before the end, and nothing if the dialog was cancelled. */
    Optional<JsonNode> parameters();

    /** The names of all that can be entered, apart from {@code done}, {@code help} and {@code cancel}. */
    List<String> names();

    /** The words that can begin the next line, for who completes them; labels and values are free. */
    List<String> words();

    /**
     * One value a line: a flag without its dash, a blank, the value. {@code done} ends.
     *
     * @param flags under the names of the dialog
     * @param usual words that stand for what has not been entered yet when a line is checked, such as {@code -path=/}
     */
    static ModuleDialog of(String prompt, ModuleFlags flags, String... usual) {
        return new WordDialog(prompt, flags, flags::build, List.of(usual));
    }

    /**
     * Searches by label: a label, then the lines of its search, and so on.
     *
     * @param flags they make a document {@code {"searches": {"<any label>": {...}}}} of one search
     * @param usual as in {@link #of}
     */
    static ModuleDialog ofSearches(ModuleFlags flags, String... usual) {
        return new SearchDialog(flags, List.of(usual));
    }

    /** One line alone, the value of the only flag; it may be empty. */
    static ModuleDialog ofValue(ModuleFlags flags) {
        return new ValueDialog(flags);
    }
}
