package ninja.mig.modules.scribe;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * @param document the policy; null if there is none
 * @param onlyTrue return only tests whose result is true
 * @param humanOutput accepted, since lines are for people anyway
 * @param jsonOutput print each result as JSON
 */
record ScribeParameters(
        @JsonProperty("scribedoc") ScribeDocument document,
        @JsonProperty("onlytrue") boolean onlyTrue,
        @JsonProperty("humanoutput") boolean humanOutput,
        @JsonProperty("jsonoutput") boolean jsonOutput) {}
