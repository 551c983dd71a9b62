package ninja.mig.modules.netstat;

import com.google.re2j.Pattern;

/**
 * A host on the same network, as this one knows it.
 *
 * @param mac as the table has it; empty if it is not known
 */
record Neighbour(Ip ip, String mac) {
    /** Whether the expression is found in the address, or in its form with colons. */
    boolean matches(Pattern expression) {
        return !mac.isEmpty()
                && (expression.matcher(mac).find()
                        || expression.matcher(mac.replace('-', ':')).find());
    }
}
