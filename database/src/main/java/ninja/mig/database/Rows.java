package ninja.mig.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionDescription;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentEnvironment;
import ninja.mig.model.AgentStatus;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.Threat;
import ninja.mig.model.Times;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between columns and documents. Reading tolerates what old rows hold: {@code NULL}, unknown words, and JSON that is not
 * what belongs there, which is logged and left out.
 */
final class Rows {
    private static final Logger log = LoggerFactory.getLogger(Rows.class);

    private static final List<String> ACTION = List.of(
            "id",
            "name",
            "target",
            "description",
            "threat",
            "operations",
            "validfrom",
            "expireafter",
            "starttime",
            "finishtime",
            "lastupdatetime",
            "status",
            "syntaxversion",
            "pgpsignatures");
    private static final List<String> AGENT = List.of(
            "id",
            "name",
            "queueloc",
            "mode",
            "version",
            "pid",
            "starttime",
            "destructiontime",
            "heartbeattime",
            "status",
            "environment",
            "tags");
    private static final List<String> INVESTIGATOR =
            List.of("id", "name", "pgpfingerprint", "status", "createdat", "lastmodified");

    /** Columns of {@code actions a}, for {@link #action}. */
    static final String ACTION_COLUMNS = columns("a", ACTION);

    /** Columns of {@code agents g}, for {@link #agent}. */
    static final String AGENT_COLUMNS = columns("g", AGENT);

    /** Columns of {@code investigators i} without keys, for {@link #investigator}. */
    static final String INVESTIGATOR_COLUMNS = columns("i", INVESTIGATOR);

    private static final Instant EARLIEST = Times.UNSET;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Rows() {}

    private static String columns(String table, List<String> names) {
        return names.stream()
                .map(name -> table + "." + name + " AS " + table + "_" + name)
                .collect(Collectors.joining(", "));
    }

    static Action action(ResultSet row) throws SQLException {
        MigId id = id(row, "a_id");
        return new Action(
                id,
                row.getString("a_name"),
                row.getString("a_target"),
                json(row, "a_description", id, ActionDescription.class).orElse(ActionDescription.NONE),
                json(row, "a_threat", id, Threat.class).orElse(Threat.NONE),
                time(row, "a_validfrom"),
                time(row, "a_expireafter"),
                jsonList(row, "a_operations", id, Operation.class),
                signatures(row.getString("a_pgpsignatures"), id),
                List.of(),
                word(row.getString("a_status"), ActionStatus::of, null),
                time(row, "a_starttime"),
                time(row, "a_finishtime"),
                time(row, "a_lastupdatetime"),
                ActionCounters.NONE,
                row.getInt("a_syntaxversion"));
    }

    static Agent agent(ResultSet row) throws SQLException {
        MigId id = id(row, "g_id");
        return new Agent(
                id,
                row.getString("g_name"),
                row.getString("g_queueloc"),
                row.getString("g_mode"),
                row.getString("g_version"),
                row.getInt("g_pid"),
                time(row, "g_starttime"),
                time(row, "g_destructiontime"),
                time(row, "g_heartbeattime"),
                word(row.getString("g_status"), AgentStatus::of, null),
                false,
                json(row, "g_environment", id, AgentEnvironment.class).orElse(AgentEnvironment.UNKNOWN),
                tree(row, "g_tags", id).orElse(null));
    }

    static Investigator investigator(ResultSet row) throws SQLException {
        return investigator(row, null);
    }

    static Investigator investigatorWithKey(ResultSet row) throws SQLException {
        return investigator(row, row.getBytes("i_publickey"));
    }

    private static Investigator investigator(ResultSet row, byte[] publicKey) throws SQLException {
        return new Investigator(
                id(row, "i_id"),
                row.getString("i_name"),
                row.getString("i_pgpfingerprint"),
                publicKey,
                row.getString("i_status"),
                time(row, "i_createdat"),
                time(row, "i_lastmodified"));
    }

    static List<ModuleResult> results(ResultSet row, String column, MigId command) throws SQLException {
        return jsonList(row, column, command, ModuleResult.class);
    }

    static MigId id(ResultSet row, String column) throws SQLException {
        return new MigId(row.getLong(column));
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? Times.UNSET : time.toInstant();
    }

    static <T> T word(String text, Function<String, T> parse, T unknown) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            log.warn("unknown status '{}' in the database", text);
            return unknown;
        }
    }

    private static Optional<JsonNode> tree(ResultSet row, String column, MigId id) throws SQLException {
        String text = row.getString(column);
        try {
            return text == null
                    ? Optional.empty()
                    : Optional.of(MigJson.tree(text)).filter(tree -> !tree.isNull());
        } catch (MalformedJsonException e) {
            log.warn("column {} of row {} cannot be read: {}", column, id, e.getMessage());
            return Optional.empty();
        }
    }

    private static <T> Optional<T> json(ResultSet row, String column, MigId id, Class<T> type) throws SQLException {
        Optional<JsonNode> tree = tree(row, column, id);
        try {
            return tree.isEmpty() ? Optional.empty() : Optional.of(MigJson.bind(tree.get(), type));
        } catch (MalformedJsonException e) {
            log.warn("column {} of row {} cannot be read: {}", column, id, e.getMessage());
            return Optional.empty();
        }
    }

    private static <T> List<T> jsonList(ResultSet row, String column, MigId id, Class<T> type) throws SQLException {
        List<T> list = new ArrayList<>();
        try {
            for (JsonNode element : tree(row, column, id).orElse(NullNode.getInstance())) {
                list.add(MigJson.bind(element, type));
            }
            return list;
        } catch (MalformedJsonException e) {
            log.warn("column {} of row {} cannot be read: {}", column, id, e.getMessage());
            return List.of();
        }
    }

    private static List<String> signatures(String text, MigId id) {
        try {
            List<String> list = new ArrayList<>();
            MigJson.tree(Objects.requireNonNullElse(text, "[]")).forEach(signature -> list.add(signature.asText()));
            return list;
        } catch (MalformedJsonException e) {
            log.warn("column pgpsignatures of row {} cannot be read: {}", id, e.getMessage());
            return List.of();
        }
    }

    /**
     * As the column keeps it, in whole microseconds and years that PostgreSQL takes. Cut off, not rounded: a signature
     * covers the second.
     */
    static OffsetDateTime stored(Instant time) {
        return between(time).atOffset(ZoneOffset.UTC);
    }

    /** As {@link #stored}, as text. */
    static String storedText(Instant time) {
        return Times.format(between(time));
    }

    private static Instant between(Instant time) {
        Instant early = time.isAfter(LATEST) ? LATEST : time;
        return (early.isBefore(EARLIEST) ? EARLIEST : early).truncatedTo(ChronoUnit.MICROS);
    }

    /** PostgreSQL has no NUL in texts. */
    static String stored(String text) {
        return text.replace('\0', '\ufffd');
    }

    /**
     * The document for a column of type {@code json}. PostgreSQL accepts an escaped NUL there and then fails on every query
     * that looks inside, so it becomes U+FFFD. Not for operations, whose every character is signed.
     */
    static String json(Object document) {
        String json = MigJson.text(document);
        if (!json.contains("\\u0000")) {
            return json;
        }
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\\') {
                out.append(c);
            } else if (json.startsWith("u0000", i + 1)) {
                out.append('\ufffd');
                i += 5;
            } else {
                out.append(c).append(json.charAt(++i));
            }
        }
        return out.toString();
    }

    static Array ids(Connection connection, Collection<MigId> ids) throws SQLException {
        return connection.createArrayOf(
                "numeric", ids.stream().map(MigId::value).toArray());
    }

    static <T> Array texts(Connection connection, Collection<T> from, Function<T, String> text) throws SQLException {
        return connection.createArrayOf("text", from.stream().map(text).toArray());
    }

    static Array integers(Connection connection, Collection<Integer> numbers) throws SQLException {
        return connection.createArrayOf("int4", numbers.toArray());
    }

    /** Reads one row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    static <T> List<T> list(ResultSet rows, Reader<T> reader) throws SQLException {
        List<T> list = new ArrayList<>();
        while (rows.next()) {
            list.add(reader.read(rows));
        }
        return list;
    }

    static <T> Optional<T> first(ResultSet rows, Reader<T> reader) throws SQLException {
        return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
    }
}
