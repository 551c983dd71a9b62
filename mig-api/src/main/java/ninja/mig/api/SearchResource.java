package ninja.mig.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.ServerErrorException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Link;
import ninja.mig.cljs.Resource;
import ninja.mig.database.SearchParameters;
import ninja.mig.database.Searches;
import ninja.mig.database.Targets;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.Investigator;
import ninja.mig.model.RejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds actions, agents, commands and investigators. Every answer, also a refusal, repeats the parameters. */
@Path("search")
public final class SearchResource {
    private static final Logger log = LoggerFactory.getLogger(SearchResource.class);

    /** Clients look for exactly this text to know that there are no more pages. */
    private static final String NOTHING = "no results found";

    private final Links links;
    private final Searches searches;
    private final Targets targets;
    private final ErrorMapper errors;
    private final int maxResults;
    private final boolean hasMaxMind;
    private final Clock clock;

    SearchResource(
            Links links,
            Searches searches,
            Targets targets,
            ErrorMapper errors,
            int maxResults,
            boolean hasMaxMind,
            Clock clock) {
        this.links = links;
        this.searches = searches;
        this.targets = targets;
        this.errors = errors;
        this.maxResults = maxResults;
        this.hasMaxMind = hasMaxMind;
        this.clock = clock;
    }

    /** @param total number of all results, if it was asked for */
    record Pagination(
            int limit,
            int offset,
            String next,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long total) {}

    @GET
    public Response get(@Context HttpServletRequest request) throws SQLException {
        SearchRequest search = new SearchRequest(RequestParameters.of(request), clock.instant());
        Item echo = new Item(links.self(request), new Data("search parameters", search.echo()));
        try {
            Resource found = search.target().isEmpty() ? page(request, search) : selected(request, search);
            return Answers.ok(found.withItems(appended(found.items(), echo)));
        } catch (WebApplicationException | RejectedException e) {
            return errors.toResponse(e, request, List.of(echo));
        }
    }

    private static List<Item> appended(List<Item> items, Item last) {
        List<Item> all = new ArrayList<>(items);
        all.add(last);
        return all;
    }

    /** The agents of a target, all of them: what a launch would ask. */
    private Resource selected(HttpServletRequest request, SearchRequest search) throws SQLException, RejectedException {
        if (!search.type().equals("agent")) {
            throw new BadRequestException("parseSearchParameters()-> target is only available for the 'agent' type");
        }
        List<Item> items =
                targets.select(search.target()).stream().map(this::item).toList();
        return Resource.of(links.self(request), checkFound(items, search));
    }

    private static List<Item> checkFound(List<Item> items, SearchRequest search) {
        if (items.isEmpty()) {
            throw new NotFoundException(NOTHING);
        }
        log.info(
                "returning search results with {} {}s",
                items.size(),
                search.type().toLowerCase(Locale.ROOT));
        return items;
    }

    private Resource page(HttpServletRequest request, SearchRequest search) throws SQLException {
        SearchParameters parameters = search.parse(maxResults);
        checkReport(search);
        List<Item> items = new ArrayList<>(checkFound(find(search.type(), parameters), search));
        boolean isFull = items.size() == parameters.limit();
        if (parameters.offset() > 0 || search.wantsCount()) {
            items.add(pagination(request, search, parameters));
        }
        return Resource.of(links.self(request), items).withLinks(neighbours(search, parameters, isFull));
    }

    private void checkReport(SearchRequest search) {
        switch (search.report()) {
            case "" -> {
                return;
            }
            case "complianceitems" -> requireCommands(search, "compliance items");
            case "geolocations" -> requireCommands(search, "geolocations");
            default -> throw new BadRequestException("parseSearchParameters()-> report not implemented");
        }
        if (search.report().equals("geolocations") && !hasMaxMind) {
            throw new ServerErrorException("maxmind database not initialized", 501);
        }
        throw new ServerErrorException("report '" + search.report() + "' is not served by this version", 501);
    }

    private static void requireCommands(SearchRequest search, String what) {
        if (!search.type().equals("command")) {
            throw new BadRequestException(what + " reporting is only available for the 'command' type");
        }
    }

    private List<Item> find(String type, SearchParameters parameters) throws SQLException {
        return switch (type) {
            case "action" ->
                searches.actions(parameters).stream().map(this::item).toList();
            case "agent" -> searches.agents(parameters).stream().map(this::item).toList();
            case "command" ->
                searches.commands(parameters).stream().map(this::item).toList();
            case "investigator" ->
                searches.investigators(parameters).stream().map(this::item).toList();
            default -> throw new BadRequestException("search type is invalid");
        };
    }

    private Item item(Action action) {
        return new Item(links.action(action.id()), new Data("action", action));
    }

    private Item item(Agent agent) {
        return new Item(links.agent(agent.id()), new Data("agent", agent));
    }

    private Item item(Command command) {
        Command shown = CommandResource.withQuestion(
                command, command.action().investigators(), command.action().counters());
        return new Item(links.command(command.id()), new Data("command", shown));
    }

    private Item item(Investigator investigator) {
        return new Item(links.investigator(investigator.id()), new Data("investigator", investigator.withoutKey()));
    }

    private Item pagination(HttpServletRequest request, SearchRequest search, SearchParameters parameters)
            throws SQLException {
        int limit = parameters.limit();
        int offset = parameters.offset();
        Optional<Long> total = search.wantsCount() ? Optional.of(count(search.type(), parameters)) : Optional.empty();
        Pagination page = new Pagination(limit, offset, next(search, limit, offset), total.orElse(null));
        return new Item(links.self(request), new Data("pagination", page));
    }

    private long count(String type, SearchParameters parameters) throws SQLException {
        return switch (type) {
            case "action" -> searches.countActions(parameters);
            case "agent" -> searches.countAgents(parameters);
            case "command" -> searches.countCommands(parameters);
            default -> searches.countInvestigators(parameters);
        };
    }

    private String next(SearchRequest search, int limit, int offset) {
        return search.page(links.to("/search"), limit, offset + limit);
    }

    private List<Link> neighbours(SearchRequest search, SearchParameters parameters, boolean isFull) {
        int limit = parameters.limit();
        int offset = parameters.offset();
        List<Link> pages = new ArrayList<>();
        if (isFull) {
            pages.add(new Link("next", next(search, limit, offset), ""));
        }
        if (offset > 0) {
            pages.add(new Link("prev", search.page(links.to("/search"), limit, Math.max(0, offset - limit)), ""));
        }
        return pages;
    }
}
