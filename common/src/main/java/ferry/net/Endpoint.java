package ferry.net;

import ferry.error.TransferException;
import java.nio.file.Path;

/**
 * Where a receiver listens, as a person types it: {@code host}, {@code host:port}, {@code [v6]:port}, {@code unix:/path}. Values
 * are immutable.
 */
public sealed interface Endpoint {

    /**
     * The port where {@code receive} listens and {@code send} connects if none is given. 7363 spells "SEND" on a telephone's keys;
     * IANA lists it as unassigned, and it lies in the user range (1024-49151), below the ports that systems hand out to outgoing
     * connections (32768 and up on Linux) and outside 8000-8999, where everybody's test servers live.
     */
    int DEFAULT_PORT = 7363;

    /** The host that stands for every address of this machine; only for listening. */
    String ANY_HOST = "*";

    /** The highest port there is. */
    int MAX_PORT = 65535;

    /** The longest path of a Unix socket in bytes: the field in Linux's address has 108, and one is for the final NUL. */
    int MAX_SOCKET_PATH_BYTES = 107;

    /**
     * A TCP port of a host.
     *
     * @param host a name, an IPv4 or IPv6 address (without brackets, a scope like {@code %eth0} included), or {@link #ANY_HOST}
     * @param port 0 to 65535; 0 lets the system choose, only for listening
     */
    record Tcp(String host, int port) implements Endpoint {
        /** Refuses a port out of range, which is a bug of the caller. */
        public Tcp {
            if (host.isEmpty() || port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("not an endpoint: '" + host + "' port " + port);
            }
        }

        /** Whether this stands for every address of the machine. */
        public boolean isAnyHost() {
            return host.equals(ANY_HOST);
        }

        @Override
        public String toString() {
            return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    /**
     * A Unix stream socket.
     *
     * @param socket path of the socket, absolute or relative to the current folder, at most {@link #MAX_SOCKET_PATH_BYTES} long
     */
    record Unix(Path socket) implements Endpoint {
        @Override
        public String toString() {
            return EndpointParser.UNIX_PREFIX + socket;
        }
    }

    /** What a person types; parses to an equal value. The port is always there, the default one too. */
    @Override
    String toString();

    /**
     * Parses where to connect to.
     *
     * @throws TransferException USAGE, with a hint, if the text isn't an endpoint, or one that can only listen (port 0, any host)
     */
    static Endpoint parseTarget(String text) throws TransferException {
        return new EndpointParser(text).target();
    }

    /**
     * Parses where to listen: as {@link #parseTarget}, and also {@code :port}, {@code *:port}, {@code *} and port 0.
     *
     * @throws TransferException USAGE, with a hint, if the text isn't an endpoint
     */
    static Endpoint parseListening(String text) throws TransferException {
        return new EndpointParser(text).listening();
    }
}
