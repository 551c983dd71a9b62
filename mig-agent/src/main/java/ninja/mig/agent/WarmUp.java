package ninja.mig.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import ninja.mig.acl.Acl;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleMessage;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import ninja.mig.modules.ModuleProcess;
import ninja.mig.modules.RunContext;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.pgp.SigningException;
import ninja.mig.relay.AmqpUri;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does once what agents and their modules do, on things made up for it, so that a JVM that watches can put the classes into a
 * {@link ClassArchive}. Nothing leaves this host, and nothing of the agent's own is touched.
 */
final class WarmUp {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final Path directory;
    private final Instant now;

    private WarmUp(Path directory, Instant now) {
        this.directory = directory;
        this.now = now;
    }

    /** @throws IOException if something does not work, and no archive should be made of it */
    static void run() throws IOException {
        Path directory = Files.createTempDirectory("mig-warm-up");
        Path file = Files.writeString(directory.resolve("file"), "some line\n");
        try {
            WarmUp warmUp = new WarmUp(directory, Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS));
            Operation operation = warmUp.operation();
            log.info("modules {}", BuiltinConfig.load().availableModules());
            warmUp.module(operation);
            warmUp.module(new Operation("file", MigJson.tree("{}")));
            warmUp.command(operation);
            warmUp.environment();
            warmUp.relay();
        } catch (RejectedException | SigningException e) {
            throw new IOException("the agent does not work here", e);
        } finally {
            Files.delete(file);
            Files.delete(directory);
        }
    }

    private Operation operation() throws RejectedException {
        return new Operation(
                "file",
                MigJson.tree("{\"searches\":{\"s\":{\"paths\":[" + MigJson.text(directory.toString())
                        + "],\"names\":[\"^file$\"],\"contents\":[\"^some\"],\"sizes\":[\"<1m\"],\"mtimes\":[\"<1d\"],"
                        + "\"options\":{\"matchall\":true,\"returnsha256\":true}}}}"));
    }

    private void module(Operation operation) {
        byte[] line = (MigJson.text(ModuleMessage.parameters(operation.parameters())) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        new ModuleProcess(new ByteArrayInputStream(line), nowhere, false, () -> {})
                .run(operation.module(), new RunContext(Clock.systemUTC(), Optional.of(now.plusSeconds(300)), false));
    }

    private void command(Operation operation) throws RejectedException, SigningException {
        Clock clock = Clock.fixed(now.minusSeconds(60), ZoneOffset.UTC);
        SecretKeyring keys = SecretKeyring.generateEd25519("warm up <warm-up@localhost>", clock);
        ActionSigner signer = keys.signer(keys.onlyFingerprint(), new char[0]);
        Action action = ActionSignatures.sign(
                Action.draft(
                        "warm up", "status='online'", now.minusSeconds(30), now.plusSeconds(60), List.of(operation)),
                signer);
        byte[] sent = MigJson.bytes(new Command(
                new MigId(7),
                action.withId(new MigId(7)),
                Agent.NONE,
                CommandStatus.SENT,
                List.of(ModuleResult.EMPTY),
                now,
                Times.UNSET));
        Acl acl = Acl.parse(List.of("{\"default\":{\"minimumweight\":1,\"investigators\":{\"x\":{\"fingerprint\":\""
                + signer.fingerprint() + "\",\"weight\":1}}}}"));
        new ActionAuthorization(Keyring.of(List.of(signer.publicKey())), acl, Duration.ZERO)
                .authorize(ReceivedCommand.read(sent).command().action(), now);
    }

    private void environment() {
        String os = EnvironmentProbe.os();
        EnvironmentProbe probe = new EnvironmentProbe(Path.of("/"), new HostCommand(CONNECT));
        log.info("{} {}", probe.hostname(os), MigJson.text(probe.environment(os)));
    }

    /** A relay that hangs up at once: as far as a connection gets without one. */
    private void relay() throws IOException, RejectedException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Routines.thread("hang-up", () -> hangUp(server)).start();
            RelayConnection.open(
                            AmqpUri.parse("amqp://a:b@127.0.0.1:" + server.getLocalPort() + "/x")
                                    .conf(Optional.empty(), CONNECT, CONNECT),
                            "warm-up",
                            Clock.systemUTC())
                    .close();
        } catch (RelayException e) {
            log.info("as it must be: {}", e.getMessage());
        }
    }

    private static void hangUp(ServerSocket server) {
        try (Socket connection = server.accept()) {
            connection.getInputStream().readNBytes(8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
