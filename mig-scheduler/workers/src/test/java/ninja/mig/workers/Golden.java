package ninja.mig.workers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/** The documents of the tests, and the circumstances under which they are made. */
final class Golden {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2015-02-19T03:00:00.25Z"), ZoneOffset.UTC);
    static final MozDefEvent.Sender SENDER = new MozDefEvent.Sender("worker1.example.net", 4711, "test");

    private Golden() {}

    static byte[] bytes(String name) throws IOException {
        try (InputStream in = Golden.class.getResourceAsStream("/" + name)) {
            return in.readAllBytes();
        }
    }

    static String text(String name) throws IOException {
        return new String(bytes(name), StandardCharsets.UTF_8).strip();
    }
}
