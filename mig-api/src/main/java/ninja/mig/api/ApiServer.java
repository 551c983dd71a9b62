package ninja.mig.api;

import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import ninja.mig.database.Actions;
import ninja.mig.database.AgentStatistics;
import ninja.mig.database.Agents;
import ninja.mig.database.Commands;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.Searches;
import ninja.mig.database.Targets;
import ninja.mig.model.IdGenerator;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Routines;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.servlet.ServletContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the API, by hand and from the inside out. Main starts it; so do the tests. */
final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final int MOST_THREADS = 64;
    private static final int LEAST_THREADS = 4;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_WARNINGS = Duration.ofHours(1);

    /** Warn of every resource that comes as an object, and of types that nobody sends; held, since JUL forgets otherwise. */
    private static final List<java.util.logging.Logger> NOISY = List.of(
            java.util.logging.Logger.getLogger("org.glassfish.jersey.internal.inject.Providers"),
            java.util.logging.Logger.getLogger("org.glassfish.jersey.message.internal.MessagingBinders"));

    private final Closer closer = new Closer();
    private final ServerConnector connector;

    /** Listens when it returns; the database need not be there yet. */
    static ApiServer start(ApiConf conf, Clock clock) throws IOException {
        return new ApiServer(conf, clock);
    }

    private ApiServer(ApiConf conf, Clock clock) throws IOException {
        NOISY.forEach(logger -> logger.setLevel(java.util.logging.Level.SEVERE));
        IdGenerator ids = new IdGenerator(clock);
        Database database = closer.register(Database.openLazily(conf.postgres(), "mig-api"));
        Targets targets = closer.register(new Targets(
                database, conf.limits().targetTimeout(), conf.limits().maxTargets()));

        Server server = new Server(threads());
        HttpErrors errors = new HttpErrors(ids, conf.server().host());
        ServletContextHandler context = new ServletContextHandler();
        context.setContextPath("/");
        context.setErrorHandler(errors);
        ServletHolder jersey = new ServletHolder(new ServletContainer(resources(conf, database, targets, ids, clock)));
        jersey.setInitOrder(0); // start Jersey with the server, not at the first request
        context.addServlet(jersey, conf.server().baseRoute() + "/*");

        server.setErrorHandler(errors);
        server.setRequestLog(new AccessLog());
        server.setHandler(new Calls(ids, conf.server().clientPublicIp(), new GracefulHandler(context)));
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
        connector = connector(server, conf);
        closer.register(server::stop);
        start(server);
        warnOfOpenness(conf);
        log.info("listening on port {}, base route '{}'", port(), conf.server().baseRoute());
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool pool = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
        pool.setName("api");
        Optional<Executor> virtual = Optional.ofNullable(VirtualThreads.getDefaultVirtualThreadsExecutor());
        virtual.ifPresent(pool::setVirtualThreadsExecutor); // from Java 21 on
        return pool;
    }

    private static ServerConnector connector(Server server, ApiConf conf) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(conf.limits().maxHeader());
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(conf.server().ip().isEmpty() ? null : conf.server().ip());
        connector.setPort(conf.server().port());
        connector.setIdleTimeout(conf.limits().requestTimeout().toMillis());
        server.addConnector(connector);
        return connector;
    }

    private static ResourceConfig resources(
            ApiConf conf, Database database, Targets targets, IdGenerator ids, Clock clock) {
        ApiConf.Limits limits = conf.limits();
        Links links = new Links(conf.server());
        ErrorMapper errors = new ErrorMapper(links);
        RequestBody body = new RequestBody(clock, limits.requestTimeout());
        Actions actions = new Actions(database);
        Investigators investigators = new Investigators(database);
        KeyringCache keyrings = new KeyringCache(investigators, clock);
        ActionSubmission submission = new ActionSubmission(
                actions,
                investigators,
                keyrings,
                conf.spool().map(spool -> new SpoolDrop(spool, conf.tmp().orElseThrow())),
                ids,
                limits,
                clock);
        return new ResourceConfig()
                .property(ServerProperties.WADL_FEATURE_DISABLE, true)
                .property(ServerProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true)
                .property(ServerProperties.METAINF_SERVICES_LOOKUP_DISABLE, true)
                .register(authentication(conf, keyrings, investigators, clock), DynamicFeature.class)
                .register(errors)
                .register(new HeartbeatResource(links))
                .register(new IpResource())
                .register(new HealthResource(database, clock))
                .register(new PublicKeyResource(investigators))
                .register(new HomeResource(links))
                .register(new DashboardResource(links, new AgentStatistics(database), actions))
                .register(new ActionResource(
                        links,
                        actions,
                        submission,
                        new ActionCancellation(actions, investigators, clock),
                        body,
                        limits.maxAction()))
                .register(new CommandResource(links, new Commands(database)))
                .register(new AgentResource(links, new Agents(database)))
                .register(new InvestigatorResource(links, investigators, keyrings, body, limits.maxKey(), clock))
                .register(new SearchResource(
                        links,
                        new Searches(database),
                        targets,
                        errors,
                        limits.maxResults(),
                        conf.maxMind().isPresent(),
                        clock));
    }

    /** Every route needs a token unless it says otherwise. */
    private static DynamicFeature authentication(
            ApiConf conf, KeyringCache keyrings, Investigators investigators, Clock clock) {
        ApiConf.Authentication wanted = conf.authentication();
        AuthFailures failures = new AuthFailures(conf.limits().authFailures(), clock);
        UsedTokens used = new UsedTokens(wanted.tokenDuration(), clock);
        return (route, configuration) -> {
            Method method = route.getResourceMethod();
            if (method.isAnnotationPresent(WithoutToken.class)) {
                return;
            }
            boolean once = wanted.replayCache() || method.isAnnotationPresent(UnusedToken.class);
            ContainerRequestFilter filter = wanted.enabled()
                    ? new AuthenticationFilter(
                            keyrings, investigators, failures, used, once, wanted.tokenDuration(), clock)
                    : context -> ((Call) context.getProperty(Call.ATTRIBUTE)).madeBy(Caller.ANYBODY);
            configuration.register(filter, ContainerRequestFilter.class);
        };
    }

    private void start(Server server) throws IOException {
        try {
            server.start();
        } catch (Exception e) {
            closer.closeLogging();
            throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
    }

    private void warnOfOpenness(ApiConf conf) {
        if (conf.authentication().isOpen()) {
            Routines routines = closer.register(new Routines(Duration.ofSeconds(1)));
            routines.every(
                    BETWEEN_WARNINGS,
                    "open-api",
                    () -> log.warn("authentication is off and the API listens on other addresses than this machine's:"
                            + " everybody who can reach it may use it"));
        } else if (!conf.authentication().enabled()) {
            log.warn("authentication is off: everybody on this machine, and behind its reverse proxy, may use the API");
        }
        if (conf.maxMind().isPresent()) {
            log.warn("[maxmind] path is set, but this version serves no geolocations");
        }
    }

    /** The port that it listens on. */
    int port() {
        return connector.getLocalPort();
    }

    /** Takes no more requests, finishes those at hand, then leaves the database. */
    @Override
    public void close() throws Exception {
        closer.close();
    }
}
