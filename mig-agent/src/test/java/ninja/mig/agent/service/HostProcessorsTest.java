package ninja.mig.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostProcessorsTest {
    @TempDir
    Path folder;

    @Test
    void countsThoseOfTheKernel() throws Exception {
        Path stat = Files.writeString(
                folder.resolve("stat"),
                "cpu  100 0 100 1000\ncpu0 50 0 50 500\ncpu1 50 0 50 500\ncpu11 1 0 1 1\nintr 5 0\nctxt 1\n");
        assertEquals(3, HostProcessors.in(stat));
    }

    @Test
    void countsAtLeastThoseOfJava() {
        assertEquals(0, HostProcessors.in(folder.resolve("missing")));
        assertTrue(HostProcessors.count() >= Runtime.getRuntime().availableProcessors());
    }
}
