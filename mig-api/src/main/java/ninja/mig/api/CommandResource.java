package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.util.List;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Link;
import ninja.mig.database.Commands;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;

/** One command, with its results. */
@Path("command")
public final class CommandResource {
    private final Links links;
    private final Commands commands;

    CommandResource(Links links, Commands commands) {
        this.links = links;
        this.commands = commands;
    }

    @GET
    public Response get(@Context HttpServletRequest request) throws SQLException {
        MigId id = RequestParameters.of(request).id("commandid", "Command");
        Command command =
                commands.byId(id).orElseThrow(() -> new NotFoundException("Command ID '" + id + "' not found"));
        Command shown = withQuestion(command, List.of(), ActionCounters.NONE);
        Link action = new Link("action", links.action(command.action().id()), "");
        return Answers.ok(
                links, request, new Item(links.command(id), List.of(new Data("command", shown)), List.of(action)));
    }

    /**
     * The command with what its action asks. How the action stands is left out: it is told where the action is, and would be
     * repeated for every command.
     */
    static Command withQuestion(Command command, List<Investigator> signers, ActionCounters counters) {
        Action a = command.action();
        Action question = new Action(
                a.id(),
                a.name(),
                a.target(),
                a.description(),
                a.threat(),
                a.validFrom(),
                a.expireAfter(),
                a.operations(),
                a.pgpSignatures(),
                signers,
                null,
                null,
                null,
                null,
                counters,
                a.syntaxVersion());
        return new Command(
                command.id(),
                question,
                command.agent(),
                command.status(),
                command.results(),
                command.startTime(),
                command.finishTime());
    }
}
