package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Members;
import ninja.mig.modules.Searches;

/**
 * One search as it was received. Lists keep order and repetitions.
 *
 * @param lists the values under each of {@link #LISTS}, in that order; lists may be empty
 */
record MemorySearch(String description, Map<String, List<String>> lists, Options options, List<String> unknown)
        implements Searches.Received {
    /** The keys of the lists of conditions. */
    static final List<String> LISTS = List.of("names", "libraries", "bytes", "contents");

    private static final List<String> MEMBERS = Searches.members(LISTS);

    /**
     * @param offset the first address that is looked at
     * @param maxLength how many bytes of each process are looked at; 0 for all
     * @param logFailures tell where memory could not be read
     * @param matchAll every check must hold for one process
     */
    record Options(long offset, long maxLength, boolean logFailures, boolean matchAll) {
        private static Options read(Members members) throws InvalidParametersException {
            return new Options(
                    members.count("offset"),
                    members.count("maxlength"),
                    members.flag("logfailures"),
                    members.flag("matchall"));
        }

        private ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            if (offset != 0) {
                json.put("offset", offset);
            }
            if (maxLength != 0) {
                json.put("maxlength", maxLength);
            }
            if (logFailures) {
                json.put("logfailures", true);
            }
            if (matchAll) {
                json.put("matchall", true);
            }
            return json;
        }
    }

    static MemorySearch read(Members members) throws InvalidParametersException {
        return new MemorySearch(
                members.text("description"),
                members.lists(LISTS),
                Options.read(members.object("options")),
                members.others(MEMBERS));
    }

    /** As it is written in an action. */
    ObjectNode json() {
        return Searches.json(description, lists, options.json());
    }

    /** What results repeat of it: limits are left out. */
    ObjectNode inResult() {
        return Searches.json(description, lists, new Options(0, 0, options.logFailures, options.matchAll).json());
    }
}
