package ninja.mig.modules.netstat;

/** Port numbers as programs print them. */
final class Ports {
    private Ports() {}

    /** @return 0 for a star, which stands for no port; -1 if it is no port */
    static int parse(String text) {
        if (text.equals("*")) {
            return 0;
        }
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535 ? Integer.parseInt(text) : -1;
    }
}
