package ninja.mig.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.relay.QueueState;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayRefusedException;
import ninja.mig.relay.TlsProbe;

/**
 * The way to the relay, step by step: name, port, TLS, login, queue. A running agent is not disturbed: nothing is consumed,
 * and nothing declared but this agent's own queue, as it does itself.
 */
final class DoctorRelay {
    private static final Duration STEP = Duration.ofSeconds(10);

    /** The probe gives up a handshake after a step's time, and hangs up; this is for a connection that is soon made before. */
    private static final Duration TLS = STEP.plusSeconds(2);

    private static final Duration LOGIN = Duration.ofSeconds(30);

    /** After so long no further way is tried. */
    private static final Duration WAYS = Duration.ofSeconds(60);

    private final Page page;
    private final AgentConf conf;
    private final RelayConf relay;
    private final Clock clock;

    DoctorRelay(Page page, AgentConf conf, Clock clock) {
        this.page = page;
        this.conf = conf;
        this.relay = conf.relay();
        this.clock = clock;
    }

    /**
     * Goes as far as it can.
     *
     * @param environment of this process, which may name a proxy
     * @param identity of this endpoint; empty if it has none yet, or none that can be read
     */
    void examine(Map<String, String> environment, Optional<AgentIdentity> identity) throws InterruptedException {
        page.section("Relay " + relay);
        certificates("[certs] ca", conf.settings().ca());
        certificates("[certs] cert", conf.settings().cert());
        Optional<Optional<ConnectProxy>> way = way(environment);
        if (way.isEmpty()) {
            page.note("TLS, login and queue were not checked, since the relay cannot be reached");
            return;
        }
        if (relay.tls().isPresent() && !tls(way.get())) {
            page.note("login and queue were not checked, since there is no TLS");
            return;
        }
        login(way.get(), identity);
    }

    private void certificates(String what, String pem) {
        try {
            for (X509Certificate certificate : TlsProbe.read(pem)) {
                validity(what, certificate, "get a new one");
            }
        } catch (RejectedException e) {
            page.fix(what + ": " + e.getMessage(), "replace it");
        }
    }

    private void validity(String what, X509Certificate certificate, String advice) {
        Instant now = clock.instant();
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        String text = what + ": " + certificate.getSubjectX500Principal().getName();
        if (end.isBefore(now)) {
            page.fix(text + " expired at " + end, advice);
        } else if (begin.isAfter(now)) {
            page.fix(text + " is not valid before " + begin, "check the clock of this host, else " + advice);
        } else if (end.isBefore(now.plus(DoctorKeys.SOON))) {
            page.note(text + " expires at " + end, advice + " soon");
        } else {
            page.ok(text + ", valid until " + end);
        }
    }

    /** The first way that works, as for the agent; empty if none does. */
    private Optional<Optional<ConnectProxy>> way(Map<String, String> environment) throws InterruptedException {
        List<Optional<ConnectProxy>> ways = RelayWays.to(relay.host(), relay.port(), environment, conf.proxies());
        long start = System.nanoTime();
        for (int i = 0; i < ways.size(); i++) {
            if (System.nanoTime() - start > WAYS.toNanos()) {
                page.fix(
                        (ways.size() - i) + " ways were not tried, since the others took too long",
                        "take proxies that do not answer out of the built-in configuration");
                return Optional.empty();
            }
            if (reaches(ways.get(i), i == ways.size() - 1)) {
                return Optional.of(ways.get(i));
            }
        }
        return Optional.empty();
    }

    private boolean reaches(Optional<ConnectProxy> way, boolean isLast) throws InterruptedException {
        String host = way.map(ConnectProxy::host).orElse(relay.host());
        String target = way.map(ConnectProxy::toString).orElse(relay.host() + ":" + relay.port());
        String through = way.isPresent() ? "proxy " + target + ", tunnel to the relay" : "TCP to " + target;
        try {
            String addresses = step(() -> addresses(host));
            page.ok("name " + host + ": " + addresses);
        } catch (IOException e) {
            failed("name " + host + " is not known: " + e.getMessage(), "check the name, and this host's DNS", isLast);
            return false;
        }
        try {
            step(() -> {
                new TlsProbe(relay, way, relay.connectTimeout()).connect();
                return true;
            });
            page.ok(through);
            return true;
        } catch (IOException e) {
            failed(
                    through + ": " + e.getMessage(),
                    "check that the relay runs and listens there, and the firewalls on the way; or build in a proxy",
                    isLast);
            return false;
        }
    }

    private static String addresses(String host) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host))
                .map(EnvironmentProbe::text)
                .collect(Collectors.joining(", "));
    }

    /** A way that does not work is a fault if there is no other. */
    private void failed(String text, String advice, boolean isLast) {
        if (isLast) {
            page.fix(text, advice);
        } else {
            page.note(text + "; the next way is tried");
        }
    }

    private boolean tls(Optional<ConnectProxy> way) throws InterruptedException {
        TlsProbe probe = new TlsProbe(relay, way, STEP);
        try {
            List<X509Certificate> chain = TimeLimit.call("doctor-tls", TLS, () -> probe.certificates(clock.instant()));
            for (int i = 0; i < chain.size(); i++) {
                validity(
                        i == 0 ? "certificate of the relay" : "certificate of its CA",
                        chain.get(i),
                        "give the relay a new one");
            }
            if (!chain.isEmpty()) {
                page.value("it is for", names(chain.get(0)));
                page.value(
                        "it was made by", chain.get(0).getIssuerX500Principal().getName());
            }
            TlsProbe.Handshake handshake = TimeLimit.call("doctor-tls", TLS, () -> probe.handshake(clock.instant()));
            if (handshake.refusal().isPresent()) {
                String refusal = handshake.refusal().get();
                page.fix("TLS: " + refusal, tlsAdvice(refusal));
                return false;
            }
            page.ok(handshake.protocol() + ": the relay's certificate is signed by [certs] ca and is for "
                    + relay.host());
            clientCertificate(handshake);
            return true;
        } catch (IOException e) {
            page.fix("TLS: " + e.getMessage(), tlsAdvice(String.valueOf(e.getMessage())));
            return false;
        }
    }

    private void clientCertificate(TlsProbe.Handshake handshake) {
        if (handshake.askedForCertificate()) {
            page.ok("the relay asked for a client certificate and was shown [certs] cert");
        } else if (conf.settings().cert().isEmpty()) {
            page.note("no client certificate is configured, and none was shown");
        } else {
            page.note(
                    "the relay did not ask for the client certificate",
                    "set verify_peer at the relay to have it asked");
        }
    }

    /** @param refusal as {@link TlsProbe} or {@link TimeLimit} puts it */
    static String tlsAdvice(String refusal) {
        if (refusal.contains("not signed by a CA")) {
            return "set [certs] ca to the certificate of the CA that signed the relay's";
        }
        if (refusal.contains("is not for")) {
            return "put a name into [agent] relay that the certificate is for, or give the relay another certificate";
        }
        if (refusal.contains("does not speak TLS")) {
            return "use the port of the relay's TLS listener in [agent] relay, usually 5671";
        }
        if (refusal.contains("has not begun") || refusal.contains("no answer within")) {
            return "find out what listens there: it takes connections, and does not answer";
        }
        if (refusal.contains("our certificate")) {
            return "set [certs] cert and key to a certificate that the relay's CA signed";
        }
        return "compare [certs] with the certificates of the relay";
    }

    private static String names(X509Certificate certificate) {
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            String names = alternatives == null
                    ? ""
                    : alternatives.stream()
                            .map(name -> String.valueOf(name.get(1)))
                            .collect(Collectors.joining(", "));
            return names.isEmpty() ? certificate.getSubjectX500Principal().getName() : names;
        } catch (CertificateParsingException e) {
            return "nobody: its names cannot be read";
        }
    }

    private void login(Optional<ConnectProxy> way, Optional<AgentIdentity> identity) throws InterruptedException {
        try {
            RelayConnection connection = TimeLimit.call(
                    "doctor-login", LOGIN, () -> RelayConnection.open(relay, way, "mig-agent-doctor", clock));
            try {
                page.ok("user '" + relay.user() + "' may enter virtual host '" + relay.vhost() + "'");
                if (identity.isPresent()) {
                    queue(connection, identity.get());
                } else {
                    page.note("the queue was not checked, since this endpoint has no agent id that could be read");
                }
            } finally {
                connection.close();
            }
        } catch (RelayRefusedException e) {
            page.fix("the relay refuses: " + e.getMessage(), refusalAdvice(e.getMessage()));
        } catch (IOException e) {
            page.fix("no AMQP with the relay: " + e.getMessage(), loginAdvice(e.getMessage()));
        }
    }

    private static String refusalAdvice(String message) {
        return message.contains("NOT_ALLOWED") || message.contains("vhost")
                ? "check the virtual host in [agent] relay, and the user's permissions on it at the relay"
                : "check user and password in [agent] relay; characters such as @ are written %40";
    }

    private static String loginAdvice(String message) {
        if (message.contains("wants TLS")) {
            return "use amqps:// in [agent] relay and set [certs] ca, or use the relay's port without TLS";
        }
        return message.contains("our certificate")
                ? "set [certs] cert and key to a certificate that the relay's CA signed"
                : "look into the log of the relay";
    }

    private void queue(RelayConnection connection, AgentIdentity identity) throws InterruptedException {
        String queue = identity.queueLoc().queue();
        try {
            Optional<QueueState> before = step(() -> connection.inspect(queue));
            if (before.isEmpty()) {
                page.note(
                        "queue mig.agt." + identity + " did not exist",
                        "nothing, if the agent has never connected; else whoever removes queues at the relay knows more");
            }
            step(() -> {
                connection.declareAgent(identity.queueLoc());
                return true;
            });
            page.ok("queue mig.agt." + identity + " is declared and bound to exchange mig");
            before.ifPresent(this::consumers);
        } catch (RelayRefusedException e) {
            page.fix(
                    "queue: " + e.getMessage(),
                    "give user '" + relay.user() + "' the permissions of an agent on virtual host '" + relay.vhost()
                            + "'");
        } catch (IOException e) {
            page.fix(
                    "queue: " + e.getMessage(),
                    "start a scheduler once: it declares exchange mig; without it the agent cannot bind its queue");
        }
    }

    private void consumers(QueueState state) {
        switch (state.consumers()) {
            case 0 ->
                page.note(
                        "nobody takes commands from it, " + state.messages() + " wait: the agent does not run",
                        "start the agent, unless it works as a check-in");
            case 1 -> page.ok("one agent takes commands from it, " + state.messages() + " wait");
            default ->
                page.note(
                        state.consumers() + " agents take commands from it",
                        "this is normal during an upgrade; else stop all but one");
        }
    }

    private static <T> T step(TimeLimit.Question<T> question) throws IOException, InterruptedException {
        return TimeLimit.call("doctor", STEP, question);
    }
}
