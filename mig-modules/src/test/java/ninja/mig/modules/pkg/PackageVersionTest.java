package ninja.mig.modules.pkg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackageVersionTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0, 0",
        "1.10, 1.9, 1",
        "1.0.1e, 1.0.1f, -1",
        "1.0.1e-2.el6, 1.0.1e-16.el6, -1",
        "2.0, 1:1.0, -1",
        "0:2.0, 2.0, 0",
        "1.0a, 1.0.1, -1",
        "1.0, 1.0.1, -1",
        "1.0, 1.0a, -1",
        "1.0~rc1, 1.0, -1",
        "1.0~rc1, 1.0~rc2, -1",
        "3.0.15-1~deb12u1, 3.0.15-1, -1",
        "5.2.15-2+b2, 5.2.15-2, 1",
        "1.001, 1.1, 0",
        "1_0, 1.0, 0",
        "1.0-3, 1.0, 0",
        "18446744073709551616, 18446744073709551617, -1",
        "9, 18446744073709551617, -1",
        "1:3.0.7-27.el9, 1:3.0.7-9.el9, 1",
        "2:8.2.3995-1, 9, 1"
    })
    void comparesNumbersAsNumbers(String a, String b, int expected) {
        assertEquals(expected, Integer.signum(PackageVersion.compare(a, b)));
        assertEquals(-expected, Integer.signum(PackageVersion.compare(b, a)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "-", "~", "::", "--", "\uffff", "\ud800", "1:", ":1", "-1", "1-", "٣"})
    void comparesAnyText(String odd) {
        assertEquals(0, PackageVersion.compare(odd, odd));
        for (String other : List.of("", "1.0", "~", "a")) {
            assertEquals(
                    Integer.signum(PackageVersion.compare(odd, other)),
                    -Integer.signum(PackageVersion.compare(other, odd)));
        }
    }

    @Test
    void takesTimeInProportionToTheLength() {
        String a = "1.".repeat(300_000);
        long start = System.nanoTime();
        assertTrue(PackageVersion.compare(a, a + "1") < 0);
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
    }

    /** dpkg itself is asked, about versions of the kind that Debian has. */
    @Test
    void agreesWithDpkg() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg")), "no dpkg here");
        Random random = new Random(9);
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            String a = version(random);
            String b = version(random);
            String operator = PackageVersion.compare(a, b) < 0 ? "lt" : PackageVersion.compare(a, b) > 0 ? "gt" : "eq";
            script.append("/usr/bin/dpkg --compare-versions '%s' %s '%s' || echo '%s is not %s %s'\n"
                    .formatted(a, operator, b, a, operator, b));
        }
        Process shell = new ProcessBuilder("/bin/sh").redirectErrorStream(true).start();
        shell.getOutputStream().write(script.toString().getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().close();

        assertEquals("", new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static String version(Random random) {
        StringBuilder out = new StringBuilder(random.nextInt(4) == 0 ? random.nextInt(3) + ":" : "");
        out.append(random.nextInt(3));
        for (int i = random.nextInt(3); i >= 0; i--) {
            out.append('.').append(random.nextInt(12));
        }
        String[] ends = {"", "", "~rc1", "~beta2", "a", "b"};
        String[] releases = {"", "", "~deb12u1", "+b2"};
        return out.append(ends[random.nextInt(ends.length)])
                .append('-')
                .append(random.nextInt(12))
                .append(releases[random.nextInt(releases.length)])
                .toString();
    }
}
