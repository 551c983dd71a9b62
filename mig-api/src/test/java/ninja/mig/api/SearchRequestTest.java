package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.ws.rs.BadRequestException;
import java.time.Instant;
import java.util.Optional;
import ninja.mig.database.SearchParameters;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchRequestTest {
    private static final Instant NOW = Instant.parse("2015-08-01T12:00:00.5Z");

    private static SearchRequest search(String query) {
        return new SearchRequest(RequestParameters.ofQuery(query), NOW);
    }

    @Test
    void hasDefaults() {
        SearchParameters all = search("").parse(10_000);

        assertEquals("action", search("").type());
        assertEquals(Optional.of(Instant.parse("2015-07-25T12:00:00Z")), all.after());
        assertEquals(Optional.empty(), all.before());
        assertEquals("%", all.actionName());
        assertEquals("", all.threatFamily());
        assertEquals(10_000, all.limit());
        assertEquals(Optional.empty(), all.foundAnything());
    }

    @Test
    void readsIdsInExponentForm() {
        assertEquals(
                Optional.of(new MigId(5000000000001L)),
                search("actionid=5.000000000001e%2B12").parse(1).actionId());
    }

    @Test
    void readsAPlusSignThatNobodyEncoded() {
        assertEquals(
                Optional.of(Instant.parse("2015-08-01T10:00:00Z")),
                search("before=2015-08-01T12:00:00+02:00").parse(1).before());
    }

    @Test
    void cutsTheLimit() {
        assertEquals(50, search("limit=1000").parse(50).limit());
    }

    @Test
    void keepsEverythingInTheAddressOfAnotherPage() {
        String query = "type=command&agentname=web1%25&foundanything=true&threatfamily=a%26b&limit=1&offset=1";

        assertEquals(
                "http://h/search?type=command&after=2015-07-25T12:00:00Z&before=9999-12-31T23:59:59Z&agentname=web1%25"
                        + "&threatfamily=a%26b&foundanything=true&limit=1&offset=2",
                search(query).page("http://h/search", 1, 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=abc",
                "limit=-1",
                "limit=0",
                "limit=99999999999",
                "offset=-1",
                "offset=1.5",
                "after=2015-01-01",
                "before=yesterday",
                "foundanything=maybe",
                "actionid=abc",
                "commandid=-5",
                "agentid=1e400",
                "investigatorid=%00",
                "afterid=x"
            })
    void refuses(String query) {
        assertThrows(BadRequestException.class, () -> search(query).parse(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=%zz", "%", "a=%f", "a=%u0041"})
    void refusesMalformedEscapes(String query) {
        BadRequestException refusal = assertThrows(BadRequestException.class, () -> search(query));

        assertTrue(refusal.getMessage().startsWith("malformed parameters"), refusal.getMessage());
    }

    @Test
    void repeatsWhatWasSent() {
        SearchRequest.Echo echo = search("actionid=abc&limit=x&offset=7").echo();

        assertEquals("abc", echo.actionid());
        assertEquals("∞", echo.agentid());
        assertEquals("x", echo.limit());
        assertEquals(7, echo.offset());
        assertEquals("%", echo.threatfamily());
    }

    @Test
    void takesTheFirstOfARepeatedParameter() {
        assertEquals("agent", search("type=agent&type=command").type());
    }
}
