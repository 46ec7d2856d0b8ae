package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One bound socket; one thread accepts, any thread may close. */
final class ListeningSocket implements AutoCloseable {
    private final ServerSocketChannel channel;
    private final Endpoint endpoint;
    private final Optional<SocketFile> file;

    private ListeningSocket(ServerSocketChannel channel, Endpoint endpoint, Optional<SocketFile> file) {
        this.channel = channel;
        this.endpoint = endpoint;
        this.file = file;
    }

    /** Opens all of them, or none. */
    static List<ListeningSocket> openAll(List<Endpoint> endpoints, int backlog) throws TransferException {
        List<ListeningSocket> sockets = new ArrayList<>();
        try {
            for (Endpoint endpoint : endpoints) {
                sockets.add(open(endpoint, backlog));
            }
            return List.copyOf(sockets);
        } catch (TransferException | RuntimeException e) {
            sockets.forEach(ListeningSocket::close);
            throw e;
        }
    }

    static ListeningSocket open(Endpoint endpoint, int backlog) throws TransferException {
        return switch (endpoint) {
            case Endpoint.Tcp tcp -> openTcp(tcp, backlog);
            case Endpoint.Unix unix -> openUnix(unix, backlog);
        };
    }

    /** The endpoint asked for, with the real port. */
    Endpoint endpoint() {
        return endpoint;
    }

    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    @Override
    public void close() {
        // The file goes first: a name that nobody listens on any more is a trap for the next start.
        file.ifPresent(SocketFile::removeIfOurs);
        Sockets.closeQuietly(channel);
    }

    private static ListeningSocket openTcp(Endpoint.Tcp endpoint, int backlog) throws TransferException {
        try {
            InetSocketAddress address = addressOf(endpoint);
            // A channel for both families would turn 0.0.0.0 into [::] and listen on more than was asked for.
            boolean onlyFour = address.getAddress() instanceof Inet4Address && !endpoint.isAnyHost();
            ServerSocketChannel channel =
                    onlyFour ? ServerSocketChannel.open(StandardProtocolFamily.INET) : ServerSocketChannel.open();
            try {
                // A restart must not wait until the last connections of the process before have been forgotten.
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(address, backlog);
                int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
                return new ListeningSocket(channel, new Endpoint.Tcp(endpoint.host(), port), Optional.empty());
            } catch (IOException | RuntimeException e) {
                Sockets.closeQuietly(channel);
                throw e;
            }
        } catch (UnknownHostException e) {
            throw new TransferException(ErrorCode.HOST_UNKNOWN, endpoint.host(), "unknown host", e)
                    .withHint("to listen on every address of this machine: receive --listen :" + endpoint.port());
        } catch (IOException e) {
            TransferException failed = failed(endpoint, e);
            throw e instanceof BindException ? failed.withHint(hintFor(endpoint, Sockets.why(e))) : failed;
        }
    }

    private static String hintFor(Endpoint.Tcp endpoint, String why) {
        return switch (why) {
            case "address already in use" ->
                "another program listens there; let the system choose a free port: receive --listen :0";
            case "permission denied" ->
                "ports below 1024 are the administrator's: receive --listen :" + Endpoint.DEFAULT_PORT;
            default -> "to listen on every address of this machine: receive --listen :" + endpoint.port();
        };
    }

    private static InetSocketAddress addressOf(Endpoint.Tcp endpoint) throws UnknownHostException {
        return endpoint.isAnyHost()
                ? new InetSocketAddress(endpoint.port())
                : new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port());
    }

    private static ListeningSocket openUnix(Endpoint.Unix endpoint, int backlog) throws TransferException {
        try {
            SocketFile.clearStale(endpoint);
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.bind(UnixDomainSocketAddress.of(endpoint.socket()), backlog);
                return new ListeningSocket(channel, endpoint, Optional.of(SocketFile.claim(endpoint.socket())));
            } catch (IOException | RuntimeException e) {
                Sockets.closeQuietly(channel);
                throw e;
            }
        } catch (IOException e) {
            throw failed(endpoint, e);
        }
    }

    private static TransferException failed(Endpoint endpoint, IOException cause) {
        return new TransferException(
                ErrorCode.LISTEN_FAILED, endpoint.toString(), "cannot listen, " + Sockets.why(cause), cause);
    }
}
