package ninja.mig.modules.memory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * One search as it was received. Lists keep order and repetitions.
 *
 * @param names expressions on the path of the executable
 * @param libraries expressions on the paths of mapped files
 * @param bytes in hexadecimal digits
 * @param contents expressions on memory
 */
record MemorySearch(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String description,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> names,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> libraries,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> bytes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> contents,
        Options options) {

    /**
     * @param offset the first address that is looked at
     * @param maxLength how many bytes of each process are looked at; 0 for all
     * @param logFailures tell where memory could not be read
     * @param matchAll every check must hold for one process
     */
    record Options(
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long offset,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("maxlength")
            long maxLength,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("logfailures")
            boolean logFailures,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("matchall")
            boolean matchAll) {

        static final Options NONE = new Options(0, 0, false, false);

        /** What results repeat. */
        Options inResult() {
            return new Options(0, 0, logFailures, matchAll);
        }
    }

    MemorySearch {
        description = Objects.requireNonNullElse(description, "");
        names = texts(names);
        libraries = texts(libraries);
        bytes = texts(bytes);
        contents = texts(contents);
        options = Objects.requireNonNullElse(options, Options.NONE);
    }

    private static List<String> texts(List<String> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    MemorySearch withOptions(Options newOptions) {
        return new MemorySearch(description, names, libraries, bytes, contents, newOptions);
    }
}
