package ninja.mig.modules.scribe;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A policy as it was received. Texts that are not there are empty. */
record ScribeDocument(List<Variable> variables, List<ObjectDefinition> objects, List<TestDefinition> tests) {

    /** {@code ${key}} stands for the value. */
    record Variable(String key, String value) {
        Variable {
            key = text(key);
            value = text(value);
        }
    }

    /** @param object its id; one of the others is there */
    record ObjectDefinition(
            String object,
            @JsonProperty("package") PackageDefinition pkg,
            @JsonProperty("filecontent") ContentDefinition fileContent,
            @JsonProperty("filename") NameDefinition fileName,
            RawDefinition raw,
            @JsonProperty("hasline") ContentDefinition hasLine) {
        ObjectDefinition {
            object = text(object);
        }
    }

    record PackageDefinition(
            String name,
            @JsonProperty("collectmatch") String collectMatch,
            @JsonProperty("onlynewest") boolean onlyNewest) {
        PackageDefinition {
            name = text(name);
            collectMatch = text(collectMatch);
        }
    }

    /** @param concat null if there is none */
    record ContentDefinition(
            String path,
            String file,
            String expression,
            String concat,
            @JsonProperty("import-chain") List<String> importChain) {
        ContentDefinition {
            path = text(path);
            file = text(file);
            expression = text(expression);
            importChain = list(importChain);
        }
    }

    record NameDefinition(String path, String file) {
        NameDefinition {
            path = text(path);
            file = text(file);
        }
    }

    record RawDefinition(List<Value> identifiers) {
        RawDefinition {
            identifiers = list(identifiers);
        }
    }

    /**
     * @param test its id; at most one of {@code evr}, {@code regexp}, {@code exactMatch} is there
     * @param others members that are none of these
     */
    record TestDefinition(
            String test,
            String name,
            String description,
            String object,
            EvrDefinition evr,
            ValueDefinition regexp,
            @JsonProperty("exactmatch") ValueDefinition exactMatch,
            List<Tag> tags,
            @JsonProperty("if") List<String> dependencies,
            @JsonProperty("expectedresult") boolean expectedResult,
            @JsonProperty("expecterror") boolean expectError,
            @JsonAnySetter Map<String, JsonNode> others) {
        TestDefinition {
            test = text(test);
            name = text(name);
            description = text(description);
            object = text(object);
            tags = list(tags);
            dependencies = list(dependencies);
            others = Objects.requireNonNullElse(others, Map.of());
        }
    }

    record EvrDefinition(String operation, String value) {
        EvrDefinition {
            operation = text(operation);
            value = text(value);
        }
    }

    record ValueDefinition(String value) {
        ValueDefinition {
            value = text(value);
        }
    }

    record Tag(String key, String value) {
        Tag {
            key = text(key);
            value = text(value);
        }
    }

    ScribeDocument {
        variables = list(variables);
        objects = list(objects);
        tests = list(tests);
    }

    private static String text(String text) {
        return Objects.requireNonNullElse(text, "");
    }

    private static <T> List<T> list(List<T> list) {
        return Objects.requireNonNullElse(list, List.of());
    }
}
