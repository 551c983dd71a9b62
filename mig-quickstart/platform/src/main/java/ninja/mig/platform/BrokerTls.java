package ninja.mig.platform;

import java.nio.file.Path;

/** PEM files for an AMQPS listener that accepts only clients with a certificate of the same authority. */
public record BrokerTls(Path caCertificate, Path certificate, Path key) {}
