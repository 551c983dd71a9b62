package ninja.mig.database;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.MigId;

/** One statement with its values. Ids, times and texts are bound as {@link Rows} stores them. */
final class Statements {
    private Statements() {}

    static <T> List<T> list(Connection connection, Rows.Reader<T> reader, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            return Rows.list(rows, reader);
        }
    }

    static <T> Optional<T> first(Connection connection, Rows.Reader<T> reader, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            return Rows.first(rows, reader);
        }
    }

    /** Returns how many rows were changed. */
    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            bind(statement, values);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            bind(statement, i + 1, values[i]);
        }
    }

    private static void bind(PreparedStatement statement, int position, Object value) throws SQLException {
        if (value instanceof MigId id) {
            statement.setLong(position, id.value());
        } else if (value instanceof Instant time) {
            statement.setObject(position, Rows.stored(time));
        } else if (value instanceof String text) {
            statement.setString(position, Rows.stored(text));
        } else if (value instanceof Array array) {
            statement.setArray(position, array);
        } else {
            statement.setObject(position, value);
        }
    }
}
