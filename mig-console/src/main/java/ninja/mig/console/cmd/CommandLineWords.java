package ninja.mig.console.cmd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The words behind {@code mig <module>}, sorted into the program's own options and the module's. Options come in any
 * order; a name that both know is the module's, unless no option of the module came before it, as in
 * {@code mig ping -t "<target>" -d host -t 5}. With a value it is the module's anyway if the program's has none, as in
 * {@code mig pkg -version 1.0}.
 *
 * @param own the program's options with their values
 * @param module the module's options with their values
 */
record CommandLineWords(List<String> own, List<String> module) {
    /**
     * @param ownTakesValue whether an option of the program, named without dashes, is followed by a value
     * @param isOwn whether the program knows an option
     * @param isModules whether the module knows an option
     * @param modulesTakesValue whether an option of the module is followed by a value, whatever that looks like
     */
    static CommandLineWords sort(
            List<String> words,
            Predicate<String> isOwn,
            Predicate<String> ownTakesValue,
            Predicate<String> isModules,
            Predicate<String> modulesTakesValue) {
        List<String> own = new ArrayList<>();
        List<String> module = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String name = name(word);
            boolean withValue = word.contains("=")
                    || i + 1 < words.size() && !words.get(i + 1).startsWith("-");
            boolean forModule = !isOwn.test(name)
                    || isModules.test(name)
                            && (!module.isEmpty()
                                    || withValue && !ownTakesValue.test(name) && modulesTakesValue.test(name));
            List<String> kind = forModule ? module : own;
            kind.add(word);
            boolean takesValue = (forModule ? modulesTakesValue : ownTakesValue).test(name);
            if (takesValue && !word.contains("=") && i + 1 < words.size()) {
                kind.add(words.get(++i));
            }
        }
        return new CommandLineWords(List.copyOf(own), List.copyOf(module));
    }

    /** The name of an option without dashes and value; empty for any other word. */
    private static String name(String word) {
        if (!word.startsWith("-") || word.equals("-") || word.equals("--")) {
            return "";
        }
        String name = word.substring(word.startsWith("--") ? 2 : 1);
        int equals = name.indexOf('=');
        return equals < 0 ? name : name.substring(0, equals);
    }
}
