package ninja.mig.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Envelope;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Resource;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SecretKeyring;
import org.junit.jupiter.api.Test;

class MigClientTest {
    private static final ActionSigner SIGNER = signer();
    private static final Instant NOW = Instant.now();

    private static ActionSigner signer() {
        try {
            SecretKeyring ring = SecretKeyring.generateEd25519("Iris Vega <iris@example.net>", Clock.systemUTC());
            return ring.signer(ring.onlyFingerprint(), new char[0]);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static MigClient client(URI base) {
        return new MigClient(
                base,
                HttpClient.newHttpClient(),
                new Tokens(SIGNER, Clock.systemUTC(), new Random(1)),
                "MIG Client test",
                Duration.ofSeconds(5),
                line -> {});
    }

    private static StubApi.Answer answer(int status, String name, Object... values) {
        List<Item> items = new ArrayList<>();
        for (Object value : values) {
            items.add(new Item("h", new Data(name, value)));
        }
        return new StubApi.Answer(status, MigJson.text(new Envelope(Resource.of("h", items))));
    }

    private static StubApi.Answer refusal(int status, String message) {
        return new StubApi.Answer(status, MigJson.text(new Envelope(Resource.failed("h", "77", message))));
    }

    private static Action action(ActionStatus status, ActionCounters counters) {
        return Action.draft("n", "t", NOW, NOW.plusSeconds(60), List.of(new Operation("file", null)))
                .withId(new MigId(12))
                .withStatus(status)
                .withTimes(NOW, NOW.plusSeconds(2), NOW)
                .withCounters(counters);
    }

    @Test
    void repeatsARefusedRequestOnceWithAFreshToken() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (StubApi api = new StubApi(r -> calls.getAndIncrement() == 0
                ? refusal(401, "token timestamp is not within acceptable time limits")
                : answer(200, "action", action(ActionStatus.PENDING, ActionCounters.NONE)))) {
            assertEquals(new MigId(12), client(api.base()).action(new MigId(12)).id());
            assertEquals(2, api.requests().size());
            assertNotEquals(api.requests().get(0).token(), api.requests().get(1).token());
        }
    }

    @Test
    void learnsThatEveryRequestNeedsATokenOfItsOwn() throws Exception {
        Set<String> used = ConcurrentHashMap.newKeySet();
        try (StubApi api = new StubApi(r -> used.add(r.token())
                ? answer(200, "action", action(ActionStatus.PENDING, ActionCounters.NONE))
                : refusal(401, "token was used before"))) {
            MigClient client = client(api.base());
            for (int i = 0; i < 5; i++) {
                assertEquals(new MigId(12), client.action(new MigId(12)).id());
            }
            assertEquals(6, api.requests().size(), "one of them was refused");
        }
    }

    @Test
    void keepsOneTokenForManyRequests() throws Exception {
        try (StubApi api = new StubApi(r -> answer(200, "action", action(ActionStatus.PENDING, ActionCounters.NONE)))) {
            MigClient client = client(api.base());
            client.action(new MigId(12));
            client.action(new MigId(12));
            assertEquals(api.requests().get(0).token(), api.requests().get(1).token());
        }
    }

    @Test
    void showsWhyTheApiRefused() throws Exception {
        try (StubApi api = new StubApi(r -> refusal(403, "signature made by unknown key"))) {
            ApiException e = assertThrows(
                    ApiException.class, () -> client(api.base()).launch(action(null, ActionCounters.NONE)));
            assertEquals(
                    "HTTP 403. API call failed with error 'signature made by unknown key' (code 77)", e.getMessage());
        }
    }

    @Test
    void saysWhenTheAnswerIsNotMigs() throws Exception {
        for (StubApi.Answer odd : List.of(
                new StubApi.Answer(200, "<html>proxy</html>"),
                new StubApi.Answer(502, ""),
                new StubApi.Answer(200, "{}"),
                new StubApi.Answer(
                        200, "{\"collection\":{\"items\":[{\"data\":[{\"name\":\"action\",\"value\":7}]}]}}"))) {
            try (StubApi api = new StubApi(r -> odd)) {
                assertThrows(ApiException.class, () -> client(api.base()).action(new MigId(1)));
            }
        }
    }

    @Test
    void saysWhenNobodyListens() {
        ApiException e = assertThrows(ApiException.class, () -> client(URI.create("http://127.0.0.1:1/api/v1/"))
                .action(new MigId(1)));

        assertEquals(0, e.status());
        assertTrue(e.getMessage().startsWith("cannot reach http://127.0.0.1:1/api/v1/: "), e.getMessage());
    }

    @Test
    void cancelsWithATokenOfItsOwn() throws Exception {
        Action cancelled = action(ActionStatus.CANCELLED, ActionCounters.of(0, 1, 2, 0, 0, 0));
        Item item = new Item("h", new Data("action", cancelled), new Data("note", "too late for some"));
        String body = MigJson.text(new Envelope(Resource.of("h", List.of(item))));
        try (StubApi api = new StubApi(r -> r.method().equals("POST")
                ? new StubApi.Answer(202, body)
                : answer(200, "action", action(ActionStatus.INFLIGHT, ActionCounters.NONE)))) {
            MigClient client = client(api.base());
            client.action(new MigId(12));

            MigClient.Cancelled answer = client.cancel(new MigId(12));

            assertEquals(ActionStatus.CANCELLED, answer.action().status());
            assertEquals("too late for some", answer.note());
            StubApi.Request request = api.requests().get(1);
            assertEquals("/api/v1/action/cancel/", request.uri());
            assertEquals("id=12", request.body());
            assertNotEquals(api.requests().get(0).token(), request.token());
            client.cancel(new MigId(12));
            assertNotEquals(request.token(), api.requests().get(2).token());
        }
    }

    @Test
    void saysWhyNothingWasCancelled() throws Exception {
        try (StubApi api = new StubApi(r -> refusal(403, "not yours"))) {
            ApiException e =
                    assertThrows(ApiException.class, () -> client(api.base()).cancel(new MigId(12)));
            assertEquals(403, e.status());
        }
        try (StubApi api = new StubApi(r -> answer(202, "note", "and no action"))) {
            assertThrows(ApiException.class, () -> client(api.base()).cancel(new MigId(12)));
        }
    }

    @Test
    void takesNoResultsForNoAgents() throws Exception {
        try (StubApi api = new StubApi(r -> refusal(404, "no results found"))) {
            assertEquals(List.of(), client(api.base()).agentsByTarget("name='x'"));
        }
        try (StubApi api = new StubApi(r -> refusal(404, "no such page"))) {
            assertThrows(ApiException.class, () -> client(api.base()).agentsByTarget("name='x'"));
        }
    }

    @Test
    void postsTheActionAsAForm() throws Exception {
        try (StubApi api =
                new StubApi(r -> answer(202, "action ID 12", action(ActionStatus.PENDING, ActionCounters.NONE)))) {
            Action sent =
                    action(null, ActionCounters.NONE).withTarget("environment->>'os'='linux' AND name LIKE '%+ü'");
            assertEquals(new MigId(12), client(api.base()).launch(sent).id());
            String body = java.net.URLDecoder.decode(api.requests().get(0).body(), StandardCharsets.UTF_8);
            assertEquals(
                    sent.target(),
                    MigJson.read(body.substring("action=".length()), Action.class)
                            .target());
        }
    }

    @Test
    void readsEveryPageOfCommands() throws Exception {
        Function<StubApi.Request, StubApi.Answer> pages = r -> {
            int offset = Integer.parseInt(r.uri().replaceFirst(".*offset=(\\d+).*", "$1"));
            int size = offset == 0 ? 200 : offset == 200 ? 3 : 0;
            Object[] commands = new Object[size];
            for (int i = 0; i < size; i++) {
                commands[i] = new Command(
                        new MigId(1 + offset + i), null, Agent.NONE, CommandStatus.SUCCESS, List.of(), NOW, NOW);
            }
            return size == 0 ? refusal(404, "no results found") : answer(200, "command", commands);
        };
        try (StubApi api = new StubApi(pages)) {
            List<MigId> ids = new ArrayList<>();
            client(api.base()).eachCommand(new MigId(5), MigClient.Show.ALL, c -> ids.add(c.id()));
            assertEquals(203, ids.stream().distinct().count());
        }
    }

    @Test
    void followsUntilTheActionHasLanded() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Function<StubApi.Request, StubApi.Answer> flight = r -> switch (calls.getAndIncrement()) {
            case 0 -> answer(200, "action", action(ActionStatus.PENDING, ActionCounters.NONE));
            case 1 -> answer(200, "action", action(ActionStatus.INFLIGHT, ActionCounters.of(1, 1, 0, 0, 0, 0)));
            default -> answer(200, "action", action(ActionStatus.COMPLETED, ActionCounters.of(0, 1, 0, 1, 0, 0)));
        };
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (StubApi api = new StubApi(flight)) {
            Action landed = new ActionFollower(
                            client(api.base()), new PrintStream(shown, true), true, Clock.systemUTC())
                    .follow(new MigId(12));
            assertEquals(ActionStatus.COMPLETED, landed.status());
        }
        assertEquals(
                "Following action ID 12..status=pending.status=inflight50%.status=completed\n"
                        + "- 100.0% done in 2s\n2 sent, 2 done, 1 succeeded, 1 expired\n",
                shown.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
    }

    @Test
    void stopsFollowingWhenToldTo() throws Exception {
        try (StubApi api = new StubApi(
                r -> answer(200, "action", action(ActionStatus.INFLIGHT, ActionCounters.of(2, 0, 0, 0, 0, 0))))) {
            ActionFollower follower = new ActionFollower(
                    client(api.base()), new PrintStream(new ByteArrayOutputStream()), false, Clock.systemUTC());
            follower.stop();
            assertEquals(ActionStatus.INFLIGHT, follower.follow(new MigId(12)).status());
        }
    }

    @Test
    void printsResultsApartFromRemarks() {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream remarks = new ByteArrayOutputStream();
        ResultPrinter printer = new ResultPrinter(
                new PrintStream(results, true), new PrintStream(remarks, true), Colours.OFF, MigClient.Show.FOUND);
        Action asked = Action.draft("n", "t", NOW, NOW, List.of(new Operation("example", null)));
        Agent agent = new Agent(null, "web1\u001b[2J", "q", "", "", 0, null, null, null, null, false, null, null);
        printer.print(new Command(
                new MigId(1),
                asked,
                agent,
                CommandStatus.SUCCESS,
                List.of(new ninja.mig.model.ModuleResult(
                        true, true, MigJson.toTree(java.util.Map.of("hostname", "web1")), null, null)),
                NOW,
                NOW));
        printer.missed(new Command(new MigId(2), asked, agent, CommandStatus.EXPIRED, List.of(), NOW, NOW));
        printer.summarize();

        assertEquals(
                "web1\\x1b[2J hostname is web1",
                results.toString(StandardCharsets.UTF_8).strip());
        assertEquals(
                "1 agent has found results\nexpired: web1\\x1b[2J",
                remarks.toString(StandardCharsets.UTF_8).strip().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void printsNoColoursWhereNobodySeesThem() {
        assertEquals("x", Colours.OFF.red("x"));
        assertFalse(Colours.ON.red("x").equals("x"));
    }
}
