package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import ninja.mig.json.MigJson;

/** Creates the tree that the vectors of the file module search. */
final class FixtureTree {
    private FixtureTree() {}

    static void create(Path root) throws Exception {
        JsonNode entries;
        try (InputStream in = FixtureTree.class.getResourceAsStream("/vectors/modules/file/fixture.json")) {
            entries = MigJson.tree(in.readAllBytes()).get("entries");
        }
        for (JsonNode entry : entries) {
            create(root, entry);
        }
        for (JsonNode entry : entries) {
            if (entry.has("mtime_age_seconds")) {
                Instant time = Instant.now()
                        .minusSeconds(entry.get("mtime_age_seconds").asLong());
                Files.setLastModifiedTime(path(root, entry), FileTime.from(time));
            }
        }
    }

    private static void create(Path root, JsonNode entry) throws IOException, InterruptedException {
        Path path = path(root, entry);
        switch (entry.get("type").asText()) {
            case "dir" -> Files.createDirectories(path);
            case "file" -> Files.write(path, content(entry));
            case "symlink" ->
                Files.createSymbolicLink(
                        path, Path.of(entry.get("target").asText().replace("@ROOT@", root.toString())));
            case "fifo" -> run("mkfifo", path.toString());
            case "chmod" -> {}
            default -> throw new IllegalStateException("unknown entry " + entry);
        }
        if (entry.has("mode")) {
            run("chmod", entry.get("mode").asText(), path.toUri().getPath());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).start().waitFor() != 0
                && !Arrays.toString(command).contains("\uFFFD")) {
            throw new IOException("failed: " + Arrays.toString(command));
        }
    }

    private static Path path(Path root, JsonNode entry) {
        return entry.has("path_percent")
                ? Path.of(URI.create(root.toUri() + entry.get("path_percent").asText()))
                : root.resolve(entry.get("path").asText());
    }

    private static byte[] content(JsonNode entry) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (entry.has("text")) {
            out.write(entry.get("text").asText().getBytes(StandardCharsets.UTF_8));
        }
        if (entry.has("base64")) {
            out.write(Base64.getDecoder().decode(entry.get("base64").asText()));
        }
        if (entry.has("fill")) {
            byte[] fill = new byte[entry.get("fill").get("count").asInt()];
            Arrays.fill(fill, (byte) entry.get("fill").get("byte").asInt());
            out.write(fill);
        }
        for (JsonNode part : entry.path("parts")) {
            out.write(content(part));
        }
        return out.toByteArray();
    }
}
