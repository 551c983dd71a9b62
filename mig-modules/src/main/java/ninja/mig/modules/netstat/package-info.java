/**
 * Facts of the host's network: {@link ninja.mig.modules.netstat.NetstatModule} looks at interfaces, neighbours and sockets.
 * {@code Tables} are read row by row, each once for all values that are asked for; {@code Findings} bounds what is kept.
 * Linux has its tables as files, one set for each network namespace; macOS and Windows print them.
 */
package ninja.mig.modules.netstat;
