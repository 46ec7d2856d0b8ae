package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads one endpoint from the command line; used once, by one thread. Touches neither the resolver nor the interfaces. */
final class EndpointParser {
    private static final String UNIX_WORD = "unix";
    static final String UNIX_PREFIX = UNIX_WORD + ":";

    private static final int MAX_HOST_LENGTH = 253;
    private static final Pattern HOST_NAME = Pattern.compile("[\\p{L}\\p{N}_-]+(\\.[\\p{L}\\p{N}_-]+)*\\.?");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern SCOPE = Pattern.compile("[\\p{Alnum}._-]{1,64}");

    private final String text;

    EndpointParser(String text) {
        this.text = text;
    }

    Endpoint target() throws TransferException {
        Endpoint endpoint = parse();
        if (endpoint instanceof Endpoint.Tcp tcp) {
            if (tcp.isAnyHost()) {
                throw refused("a host is missing", "name the receiver's host: localhost:" + tcp.port());
            }
            if (tcp.port() == 0) {
                throw refused("port 0 is only for listening", "type the port that receive printed when it started");
            }
        }
        return endpoint;
    }

    Endpoint listening() throws TransferException {
        return parse();
    }

    private Endpoint parse() throws TransferException {
        if (text.isEmpty()) {
            throw refused("it is empty", "write HOST, HOST:PORT, [IPV6]:PORT or unix:/PATH");
        }
        if (text.startsWith(UNIX_PREFIX)) {
            return unix(text.substring(UNIX_PREFIX.length()));
        }
        if (text.startsWith("[")) {
            return bracketed();
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new Endpoint.Tcp(host(text), Endpoint.DEFAULT_PORT);
        }
        if (colon != text.lastIndexOf(':')) {
            return bareIpv6();
        }
        String host = text.substring(0, colon);
        int port = port(text.substring(colon + 1));
        return new Endpoint.Tcp(host.isEmpty() ? Endpoint.ANY_HOST : host(host), port);
    }

    private Endpoint unix(String path) throws TransferException {
        if (path.isEmpty()) {
            throw refused("the path of the socket is missing", "write unix:/PATH");
        }
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Endpoint.MAX_SOCKET_PATH_BYTES) {
            throw refused(
                    "the path of a Unix socket has at most " + Endpoint.MAX_SOCKET_PATH_BYTES + " bytes, this one has "
                            + bytes,
                    "change to the socket's folder and write unix:NAME");
        }
        try {
            return new Endpoint.Unix(Path.of(path));
        } catch (InvalidPathException e) {
            throw refused("no file can have this path", "write unix:/PATH", e);
        }
    }

    private Endpoint bracketed() throws TransferException {
        int close = text.indexOf(']');
        if (close < 0) {
            throw refused("']' is missing after the IPv6 address", "write [IPV6]:PORT");
        }
        String address = text.substring(1, close);
        if (!isIpv6(address)) {
            throw refused("'" + address + "' is not an IPv6 address", "write [IPV6]:PORT or HOST:PORT");
        }
        String rest = text.substring(close + 1);
        if (rest.isEmpty()) {
            return new Endpoint.Tcp(address, Endpoint.DEFAULT_PORT);
        }
        if (!rest.startsWith(":")) {
            throw refused("after ']' comes ':' and a port", "write [" + address + "]:PORT");
        }
        return new Endpoint.Tcp(address, port(rest.substring(1)));
    }

    /** Two colons or more and no brackets: an IPv6 address, unless its last group may just as well be meant as a port. */
    private Endpoint bareIpv6() throws TransferException {
        int lastColon = text.lastIndexOf(':');
        String head = text.substring(0, lastColon);
        String tail = text.substring(lastColon + 1);
        boolean whole = isIpv6(text);
        boolean withPort = isIpv6(head) && DIGITS.matcher(tail).matches();
        if (whole && withPort) {
            throw refused(
                    "is '" + tail + "' a port or the end of the IPv6 address",
                    "write [" + head + "]:" + tail + " or [" + text + "]");
        }
        if (withPort) {
            throw refused("an IPv6 address with a port needs brackets", "write [" + head + "]:" + tail);
        }
        if (!whole) {
            throw refused("this is not an IPv6 address, and a host name has no ':'", "write HOST:PORT or [IPV6]:PORT");
        }
        return new Endpoint.Tcp(text, Endpoint.DEFAULT_PORT);
    }

    private String host(String host) throws TransferException {
        if (host.equals(Endpoint.ANY_HOST)) {
            return host;
        }
        if (DIGITS.matcher(host).matches()) {
            throw refused(
                    "'" + host + "' is a number, not a host", "write HOST:" + host + ", or :" + host + " to listen");
        }
        if (host.equals(UNIX_WORD)) {
            // With its port it would be typed, printed and remembered as the path of a socket.
            throw refused(
                    "'unix' is the beginning of a socket's path, not a host",
                    "write unix:/PATH, or unix.:PORT for a host of that name");
        }
        if (host.length() > MAX_HOST_LENGTH) {
            throw refused("a host name has at most " + MAX_HOST_LENGTH + " characters", "write HOST or HOST:PORT");
        }
        if (!HOST_NAME.matcher(host).matches()) {
            throw refused("'" + host + "' is not a host name", "write HOST, HOST:PORT, [IPV6]:PORT or unix:/PATH");
        }
        return host;
    }

    private int port(String digits) throws TransferException {
        String hint = "write a port from 1 to " + Endpoint.MAX_PORT + ", or none for " + Endpoint.DEFAULT_PORT;
        if (digits.isEmpty()) {
            throw refused("the port is missing after ':'", hint);
        }
        if (!DIGITS.matcher(digits).matches()) {
            throw refused("'" + digits + "' is not a port", hint);
        }
        // Six digits cannot overflow an int, and more are too many whatever they say.
        int port = digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (port > Endpoint.MAX_PORT) {
            throw refused("port " + digits + " is greater than " + Endpoint.MAX_PORT, hint);
        }
        return port;
    }

    /** Whether this is an IPv6 literal; a scope is only looked at, since the interface may come into being later. */
    private static boolean isIpv6(String literal) {
        int percent = literal.indexOf('%');
        if (percent >= 0 && !SCOPE.matcher(literal.substring(percent + 1)).matches()) {
            return false;
        }
        String address = percent < 0 ? literal : literal.substring(0, percent);
        if (address.indexOf(':') < 0) {
            return false;
        }
        try {
            InetAddress.ofLiteral(address);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private TransferException refused(String why, String hint) {
        return new TransferException(ErrorCode.USAGE, what(), why).withHint(hint);
    }

    private TransferException refused(String why, String hint, Exception cause) {
        return new TransferException(ErrorCode.USAGE, what(), why, cause).withHint(hint);
    }

    private String what() {
        return "endpoint '" + text + "'";
    }
}
