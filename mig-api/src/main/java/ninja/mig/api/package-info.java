/**
 * The REST API. {@link ninja.mig.api.ApiServer} wires it: Jetty takes connections, {@code Calls} numbers every request, Jersey
 * finds the method, {@code AuthenticationFilter} turns a token into an investigator, one resource class per path answers
 * with Collection+JSON, {@code ErrorMapper} turns failures into answers, {@code AccessLog} writes the line that operators
 * read. {@code ActionSubmission} is where an action enters: checks, rows, then a file for the scheduler; {@code
 * ActionCancellation} ends one.
 *
 * <p>Only the classes that Jersey calls are public; nothing outside this package uses any of them.
 */
package ninja.mig.api;
