package ninja.mig.modules.scribe;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The verdict of a test.
 *
 * @param isError nothing is known; {@code error} says why
 * @param masterResult some value is true, and so are all tests that this one depends on
 * @param hasTrueResults some value is true
 */
record TestResult(
        @JsonProperty("testid") String testId,
        String name,
        String description,
        List<ScribeDocument.Tag> tags,
        @JsonProperty("iserror") boolean isError,
        String error,
        @JsonProperty("masterresult") boolean masterResult,
        @JsonProperty("hastrueresults") boolean hasTrueResults,
        List<SubResult> results) {

    /** The verdict on one value. */
    record SubResult(boolean result, String identifier) {}
}
