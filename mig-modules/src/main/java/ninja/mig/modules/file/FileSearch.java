package ninja.mig.modules.file;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/** One search as it was received. Lists keep order and repetitions. */
record FileSearch(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String description,
        List<String> paths,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> contents,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> names,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sizes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> modes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> mtimes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> md5,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sha1,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sha2,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sha256,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sha384,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sha512,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> sha3,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("sha3_224")
        List<String> sha3x224,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("sha3_256")
        List<String> sha3x256,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("sha3_384")
        List<String> sha3x384,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("sha3_512")
        List<String> sha3x512,

        Options options) {

    /**
     * @param maxDepth levels of folders, the path itself is level 1; 0 for all
     * @param matchAll every check must hold for one file
     * @param matchLimit most matches; 0 for the usual 1000
     * @param remoteFs accepted, never had an effect
     * @param maxErrors most error texts; 0 for all
     * @param macroAl every content expression must hold on every line
     * @param mismatch filters whose verdict is turned around
     * @param debug accepted, has no effect
     */
    record Options(
            @JsonProperty("maxdepth") long maxDepth,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("remotefs")
            boolean remoteFs,

            @JsonProperty("maxerrors") long maxErrors,
            @JsonProperty("matchall") boolean matchAll,
            @JsonProperty("macroal") boolean macroAl,
            List<String> mismatch,
            @JsonProperty("matchlimit") long matchLimit,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String debug,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("returnsha256")
            boolean returnSha256,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean decompress) {

        static final Options NONE = new Options(0, false, 0, false, false, List.of(), 0, "", false, false);

        Options {
            mismatch = texts(mismatch);
            debug = Objects.requireNonNullElse(debug, "");
        }

        /** What results repeat: limits are zero there. */
        Options inResult() {
            return new Options(0, remoteFs, 0, matchAll, macroAl, mismatch, 0, debug, returnSha256, decompress);
        }
    }

    FileSearch {
        description = Objects.requireNonNullElse(description, "");
        paths = texts(paths);
        contents = texts(contents);
        names = texts(names);
        sizes = texts(sizes);
        modes = texts(modes);
        mtimes = texts(mtimes);
        md5 = texts(md5);
        sha1 = texts(sha1);
        sha2 = texts(sha2);
        sha256 = texts(sha256);
        sha384 = texts(sha384);
        sha512 = texts(sha512);
        sha3 = texts(sha3);
        sha3x224 = texts(sha3x224);
        sha3x256 = texts(sha3x256);
        sha3x384 = texts(sha3x384);
        sha3x512 = texts(sha3x512);
        options = Objects.requireNonNullElse(options, Options.NONE);
    }

    private static List<String> texts(List<String> list) {
        return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }

    FileSearch withPathsAndOptions(List<String> newPaths, Options newOptions) {
        return new FileSearch(
                description,
                newPaths,
                contents,
                names,
                sizes,
                modes,
                mtimes,
                md5,
                sha1,
                sha2,
                sha256,
                sha384,
                sha512,
                sha3,
                sha3x224,
                sha3x256,
                sha3x384,
                sha3x512,
                newOptions);
    }
}
