package ninja.mig.workers;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.json.MigJson;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentEnvironment;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import ninja.mig.modules.Printable;

/** Asks the operator about each agent that the whitelist refused, once, and adds those that are confirmed. */
final class AgentVerification implements EventHandler {
    /** Enough for a fleet; who exceeds it with invented agents has the questions come again. */
    private static final int MOST_DECLINED = 100_000;

    private static final int MOST_ADDRESSES = 10;
    private static final int LONGEST = 200;

    private final EventHandler printer;
    private final WhitelistFile whitelist;
    private final Confirmation operator;
    private final PrintStream out;
    private final Set<QueueLoc> declined = new HashSet<>();

    AgentVerification(EventHandler printer, WhitelistFile whitelist, Confirmation operator, PrintStream out) {
        this.printer = printer;
        this.whitelist = whitelist;
        this.operator = operator;
        this.out = out;
    }

    @Override
    public void handle(byte[] event) throws RejectedException, IOException, InterruptedException {
        printer.handle(event);
        Agent agent = MigJson.read(event, Agent.class);
        QueueLoc queueLoc = QueueLoc.parse(agent.queueLoc());
        if (!declined.contains(queueLoc) && !whitelist.lists(queueLoc)) {
            ask(agent, queueLoc);
        }
    }

    private void ask(Agent agent, QueueLoc queueLoc) throws IOException, InterruptedException {
        if (operator.confirms(question(agent, queueLoc))) {
            add(queueLoc);
            out.println("authorized " + queueLoc + " in " + whitelist);
        } else {
            decline(queueLoc);
            out.println("not authorized");
        }
        out.flush();
    }

    private void add(QueueLoc queueLoc) throws IOException {
        try {
            whitelist.add(queueLoc);
        } catch (IOException e) {
            out.println("NOT authorized, " + whitelist + " cannot be written: " + e.getMessage());
            throw e;
        }
    }

    private void decline(QueueLoc queueLoc) {
        if (declined.size() >= MOST_DECLINED) {
            declined.clear();
        }
        declined.add(queueLoc);
    }

    private static String question(Agent agent, QueueLoc queueLoc) {
        AgentEnvironment environment = agent.environment();
        List<String> addresses = environment.addresses();
        String more = addresses.size() > MOST_ADDRESSES ? " and " + (addresses.size() - MOST_ADDRESSES) + " more" : "";
        return """
                Agent '%s' is not authorized:
                  queueloc   %s
                  system     %s
                  addresses  %s
                  version    %s
                  heartbeat  %s
                Authorize this queueloc?""".formatted(
                        shown(agent.name()),
                        queueLoc,
                        list(List.of(environment.os(), environment.ident(), environment.arch())),
                        list(addresses.subList(0, Math.min(addresses.size(), MOST_ADDRESSES))) + more,
                        shown(agent.version()),
                        Times.format(agent.heartbeatTime()));
    }

    private static String list(Collection<String> texts) {
        return texts.stream()
                .filter(text -> !text.isEmpty())
                .map(AgentVerification::shown)
                .collect(Collectors.joining(", "));
    }

    /** What an agent says of itself may be anything. */
    private static String shown(String text) {
        String line = Printable.line(text);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
