package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.ModuleResult;

/**
 * One thing that an agent can be asked to do. (Import it by name: there is a java.lang.Module.) Implementations are found
 * with {@link java.util.ServiceLoader}.
 *
 * @param <P> its parameters, bound and checked
 */
public interface Module<P> {
    /** The name that actions and ACLs use: {@code file}, {@code netstat}... */
    String name();

    /** One line for lists. */
    String description();

    /**
     * Reads and checks parameters. Nothing else is touched: clients call it too.
     *
     * @param parameters an object, or null or a JSON null for none
     * @throws InvalidParametersException names the parameter and the rule
     */
    P bind(JsonNode parameters) throws InvalidParametersException;

    /**
     * Runs once, in a process of its own that the agent kills at the time limit. Problems on the way are errors of the
     * result; what could not be done at all is an exception.
     */
    ModuleResult run(P parameters, RunContext context) throws Exception;

    /** A result of which nothing has been done yet: the shape of refusals. */
    default ModuleResult emptyResult() {
        return ModuleResult.EMPTY;
    }

    /**
     * The result as lines for people; also results that other versions made, or nobody.
     *
     * @param foundOnly leave out what was not found, errors and statistics
     */
    List<String> print(ModuleResult result, boolean foundOnly);

    /**
     * The result without what endpoints may want to keep to themselves, such as names of files. Called on the endpoint, if it
     * is configured so, with results of this module only.
     *
     * @param result may be changed: it is not used any more
     */
    default ModuleResult mask(ModuleResult result) {
        return result;
    }

    /** The short form on the command line; nothing if the module has none. */
    default Optional<ModuleFlags> flags() {
        return Optional.empty();
    }

    /** The parameters in questions and answers, from the beginning; nothing if the module has no such form. */
    default Optional<ModuleDialog> dialog() {
        return Optional.empty();
    }

    /**
     * The members of its parameters, as documents have them, such as {@code paths} and {@code options.maxdepth}; where these
     * are searches by label, those of a search. See {@link Parameters#keys}.
     */
    default List<String> keys() {
        return List.of();
    }
}
