package ninja.mig.quickstart;

/** Writes values as the configuration files of the programs take them. */
final class Ini {
    private Ini() {}

    static String quote(Object value) {
        return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
