package ninja.mig.database;

import java.time.Instant;
import java.util.Optional;
import ninja.mig.model.MigId;

/**
 * What to search for. Names, status and family are patterns as {@code ILIKE} takes them: {@code %} any text, {@code _} one
 * character, {@code \} before either.
 *
 * @param actionName {@code %} for any; also {@code agentName}, {@code investigatorName} and {@code status}
 * @param threatFamily empty if not asked; then actions without family are found too
 * @param after empty for no lower bound
 * @param before empty for no upper bound
 * @param foundAnything only of successful commands: true if some result found something, false if none did
 * @param afterCommandId {@link MigId#NONE}, or only commands with a greater id: paging that is stable while results arrive
 */
public record SearchParameters(
        Optional<MigId> actionId,
        Optional<MigId> agentId,
        Optional<MigId> commandId,
        Optional<MigId> investigatorId,
        String actionName,
        String agentName,
        String investigatorName,
        String status,
        String threatFamily,
        Optional<Instant> after,
        Optional<Instant> before,
        Optional<Boolean> foundAnything,
        MigId afterCommandId,
        int limit,
        int offset) {

    public static final String ANY = "%";

    /** Everything, at most {@code limit} rows. */
    public static SearchParameters any(int limit) {
        return new SearchParameters(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                ANY,
                ANY,
                ANY,
                ANY,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                MigId.NONE,
                limit,
                0);
    }
}
