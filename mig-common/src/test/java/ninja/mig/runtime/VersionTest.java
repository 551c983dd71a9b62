package ninja.mig.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class VersionTest {
    @Test
    void isThatOfTheJar() {
        assertEquals("development", Version.of(VersionTest.class));
        assertEquals(LoggerFactory.class.getPackage().getImplementationVersion(), Version.of(LoggerFactory.class));
    }
}
