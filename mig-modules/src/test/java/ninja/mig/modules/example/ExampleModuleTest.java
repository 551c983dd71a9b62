package ninja.mig.modules.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExampleModuleTest {
    private final ExampleModule module = new ExampleModule();

    static Stream<VectorCase> valid() {
        return VectorCase.of("example/valid");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void answersWhatTheVectorsSay(VectorCase vector) throws Exception {
        ExampleParameters bound = module.bind(MigJson.tree(vector.parameters(Path.of("/"))));
        if (vector.json().path("stage").asText().equals("validation")) {
            return;
        }

        ModuleResult result = module.run(bound, RunContext.unlimited());

        JsonNode expect = vector.json().path("expect");
        int stuff = result.statistics().get("stufffound").asInt();
        assertEquals(expect.path("stufffound").asInt(stuff), stuff);
        assertEquals(expect.path("foundanything").asBoolean(stuff > 0), result.foundAnything());
        assertTrue(result.success());
        assertEquals(List.of(), result.errors());
    }

    private ModuleResult run(ExampleModule.Resolver resolver, Path kernelHostname, String parameters) throws Exception {
        ExampleModule example = new ExampleModule(kernelHostname, resolver, Duration.ofMillis(50));
        return example.run(example.bind(MigJson.tree(parameters)), RunContext.unlimited());
    }

    @Test
    void tellsTheNameOfTheHostAsTheKernelHasIt(@TempDir Path folder) throws Exception {
        Path name = Files.writeString(folder.resolve("hostname"), "server1.example.net\n");

        ModuleResult result = run(host -> new InetAddress[0], name, "{\"gethostname\":true}");

        assertEquals(List.of("hostname is server1.example.net"), module.print(result, true));
        assertTrue(result.foundAnything());
    }

    @Test
    void goesOnAfterANameThatCannotBeLookedUp() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ExampleModule.Resolver resolver = host -> {
            if (host.startsWith("none")) {
                throw new UnknownHostException(host);
            }
            if (host.startsWith("slow")) {
                await(never);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };

        ModuleResult result = run(
                resolver,
                Path.of("/"),
                "{\"lookuphost\":[\"none.example.net\",\"slow.example.net\",\"here.example.net\"]}");

        assertEquals(
                List.of(
                        "lookedup host here.example.net has IP 127.0.0.1",
                        "error: lookup none.example.net: no such host",
                        "error: lookup slow.example.net: no answer in 50ms",
                        "stat: 0 stuff found"),
                module.print(result, false));
        assertTrue(result.success());
        assertFalse(result.foundAnything());
        never.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
