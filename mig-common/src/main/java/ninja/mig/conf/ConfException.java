package ninja.mig.conf;

import java.util.List;

/** A configuration was refused. The message lists every problem; a program prints it and ends. */
public final class ConfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public ConfException(String problem) {
        this(List.of(problem));
    }

    /** One sentence each, with file, line, section, key, value and rule as far as they apply. */
    public List<String> problems() {
        return problems;
    }
}
