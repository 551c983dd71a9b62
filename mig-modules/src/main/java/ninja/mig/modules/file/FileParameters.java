package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;

/** The searches of one run, by label, checked and compiled. */
record FileParameters(List<CompiledSearch> searches) {
    static FileParameters bind(JsonNode parameters) throws InvalidParametersException {
        JsonNode searches = Parameters.searches(parameters);
        Map<String, CompiledSearch> compiled = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : searches.properties()) {
            String label = entry.getKey();
            int length = label.codePointCount(0, label.length());
            if (length < 1 || length > 64 || label.indexOf('\n') >= 0 || label.indexOf('\r') >= 0) {
                throw new InvalidParametersException(
                        "a label has 1 to 64 characters and no line break, found '" + label + "'");
            }
            compiled.put(label, CompiledSearch.compile(label, FileSearch.read(entry.getValue())));
        }
        return new FileParameters(new ArrayList<>(compiled.values()));
    }
}
