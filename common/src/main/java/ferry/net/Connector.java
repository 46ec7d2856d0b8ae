package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens connections: finds the host's addresses, tries each, and comes back as long as the caller's back-off allows. Immutable, for
 * any thread; the calling thread blocks.
 */
public final class Connector {

    /** Finds the addresses of a host, at least one. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private final ConnectOptions options;
    private final ConnectListener listener;
    private final Resolver resolver;

    /** A connector that asks the system for addresses. */
    public Connector(ConnectOptions options, ConnectListener listener) {
        this(options, listener, InetAddress::getAllByName);
    }

    Connector(ConnectOptions options, ConnectListener listener, Resolver resolver) {
        this.options = options;
        this.listener = listener;
        this.resolver = resolver;
    }

    /**
     * Connects, trying again while the back-off gives time, whatever the reason was: a receiver, its name and its host may all be
     * about to appear. The caller hands in the same back-off when it comes back because a connection was reset before any answer,
     * which is how an overflowed accept queue shows.
     *
     * @throws TransferException with hints; CONNECT_FAILED listing each address and why it failed, HOST_UNKNOWN, or USAGE if the host
     *     has addresses but none of the wanted family
     */
    public Connection connect(Endpoint target, Backoff backoff) throws TransferException, InterruptedException {
        boolean waiting = false;
        while (true) {
            try {
                Connection connection = connectOnce(target);
                if (waiting) {
                    listener.connected(target, connection.peer());
                }
                return connection;
            } catch (TransferException e) {
                Duration left = backoff.remaining();
                if (e.code() == ErrorCode.USAGE || (!waiting && left.isZero())) {
                    throw e.code() == ErrorCode.USAGE ? e : e.withHint("retry with --wait 60s");
                }
                if (!waiting) {
                    listener.waiting(target, e.why(), left);
                    waiting = true;
                }
                if (!backoff.pause()) {
                    throw e;
                }
            }
        }
    }

    /** As {@link #connect}, but each address is tried once. */
    public Connection connectOnce(Endpoint target) throws TransferException, InterruptedException {
        return switch (target) {
            case Endpoint.Tcp tcp -> connectTcp(tcp);
            case Endpoint.Unix unix -> connectUnix(unix);
        };
    }

    private Connection connectTcp(Endpoint.Tcp target) throws TransferException, InterruptedException {
        long end = System.nanoTime() + options.timeout().toNanos();
        List<InetAddress> addresses = addresses(target);
        List<String> failures = new ArrayList<>();
        boolean allSilent = true;
        for (int i = 0; i < addresses.size(); i++) {
            InetSocketAddress address = new InetSocketAddress(addresses.get(i), target.port());
            // A silent address may use up its share of the time, and not that of those behind it.
            long share = Math.max(1, (end - System.nanoTime()) / (addresses.size() - i));
            try {
                return open(address, Duration.ofNanos(share));
            } catch (ClosedByInterruptException e) {
                throw interrupted();
            } catch (SocketTimeoutException e) {
                failures.add(failure(target, address, "no answer in time"));
            } catch (IOException e) {
                allSilent = false;
                failures.add(failure(target, address, Sockets.why(e)));
            }
        }
        TransferException failed =
                new TransferException(ErrorCode.CONNECT_FAILED, target.toString(), String.join("; ", failures));
        throw allSilent
                ? failed.withHint("does a firewall drop the packets? port " + target.port() + " must be open there")
                : failed.withHint("is receive running there? start it with: receive --listen :" + target.port());
    }

    private static String failure(Endpoint.Tcp target, InetSocketAddress address, String why) {
        String tried = Addresses.show(address);
        return tried.equals(target.toString()) ? why : tried + " " + why;
    }

    private List<InetAddress> addresses(Endpoint.Tcp target) throws TransferException, InterruptedException {
        InetAddress[] all;
        try {
            all = Patience.call("ferry-resolver", options.timeout(), () -> resolver.resolve(target.host()));
        } catch (SocketTimeoutException e) {
            throw new TransferException(
                    ErrorCode.HOST_UNKNOWN, target.host(), "the name service did not answer in time", e);
        } catch (IOException e) {
            throw new TransferException(ErrorCode.HOST_UNKNOWN, target.host(), "unknown host", e)
                    .withHint("check the spelling, or use the receiver's IP address");
        }
        List<InetAddress> wanted = AddressOrder.interleave(
                List.of(all).stream().filter(options.family()::allows).toList());
        if (wanted.isEmpty()) {
            throw new TransferException(
                            ErrorCode.USAGE,
                            target.host(),
                            "has no " + options.family().words() + " address")
                    .withHint(options.family() == AddressFamily.IPV4 ? "leave out -4" : "leave out -6");
        }
        return wanted;
    }

    private static Connection open(InetSocketAddress address, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            long begin = System.nanoTime();
            channel.socket().connect(address, Math.max(1, Math.toIntExact(timeout.toMillis())));
            Duration roundTrip = Duration.ofNanos(System.nanoTime() - begin);
            if (channel.getLocalAddress().equals(channel.getRemoteAddress())) {
                // Nobody listens, and the system happened to give us the very port that we connect to: we reached
                // ourselves.
                throw new IOException("Connection refused");
            }
            return SocketConnection.over(channel, roundTrip);
        } catch (IOException | RuntimeException e) {
            Sockets.abort(channel);
            throw e;
        }
    }

    private Connection connectUnix(Endpoint.Unix target) throws TransferException, InterruptedException {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                // While the accept queue is full this blocks; on a virtual thread the JDK would take it for connected.
                Patience.call(
                        "ferry-connect",
                        options.timeout(),
                        () -> channel.connect(UnixDomainSocketAddress.of(target.socket())));
                return SocketConnection.over(channel);
            } catch (IOException | RuntimeException | InterruptedException e) {
                Sockets.closeQuietly(channel);
                throw e;
            }
        } catch (ClosedByInterruptException e) {
            throw interrupted();
        } catch (SocketTimeoutException e) {
            throw new TransferException(
                    ErrorCode.CONNECT_FAILED, target.toString(), "the receiver did not accept in time", e);
        } catch (IOException e) {
            throw new TransferException(ErrorCode.CONNECT_FAILED, target.toString(), Sockets.why(e), e)
                    .withHint("is receive running there? start it with: receive --listen " + target);
        }
    }

    private static InterruptedException interrupted() {
        // The channel's close left the flag standing, and the exception takes its place.
        Thread.interrupted();
        return new InterruptedException("interrupted while connecting");
    }
}
