package ninja.mig.modules.netstat;

/**
 * A TCP or UDP socket.
 *
 * @param remote all zero, as its port, if the socket is not connected
 * @param listening waits for connections, or for datagrams from anybody
 */
record Socket(Ip local, int localPort, Ip remote, int remotePort, boolean listening) {}
