package ferry.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;

/** How socket addresses are shown, and whether they are on this machine. */
final class Addresses {
    private Addresses() {}

    /** The other end of a connected channel; an unnamed Unix peer is known by the socket that it connected to. */
    static String peerOf(SocketChannel channel) throws IOException {
        SocketAddress remote = channel.getRemoteAddress();
        if (remote instanceof UnixDomainSocketAddress unix && unix.getPath().equals(Path.of(""))) {
            return show(channel.getLocalAddress());
        }
        return show(remote);
    }

    static boolean isLocal(SocketChannel channel) throws IOException {
        if (channel.getRemoteAddress() instanceof InetSocketAddress remote
                && channel.getLocalAddress() instanceof InetSocketAddress own) {
            InetAddress other = remote.getAddress();
            return other.isLoopbackAddress() || other.equals(own.getAddress());
        }
        return true;
    }

    static String show(SocketAddress address) {
        if (address instanceof InetSocketAddress tcp) {
            return new Endpoint.Tcp(host(tcp.getAddress()), tcp.getPort()).toString();
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            return new Endpoint.Unix(unix.getPath()).toString();
        }
        return String.valueOf(address);
    }

    /** The literal in the short form of RFC 5952, {@code 2001:db8::1} and not {@code 2001:db8:0:0:0:0:0:1}. */
    static String host(InetAddress address) {
        return address instanceof Inet6Address six ? compress(six) : address.getHostAddress();
    }

    private static String compress(Inet6Address address) {
        String full = address.getHostAddress();
        int percent = full.indexOf('%');
        String scope = percent < 0 ? "" : full.substring(percent);
        String[] groups = (percent < 0 ? full : full.substring(0, percent)).split(":", -1);
        int start = -1;
        int longest = 1;
        for (int i = 0; i < groups.length; i++) {
            int zeros = zerosFrom(groups, i);
            if (zeros > longest) {
                start = i;
                longest = zeros;
            }
        }
        if (start < 0) {
            return String.join(":", groups) + scope;
        }
        return joined(groups, 0, start) + "::" + joined(groups, start + longest, groups.length) + scope;
    }

    private static int zerosFrom(String[] groups, int start) {
        int end = start;
        while (end < groups.length && groups[end].equals("0")) {
            end++;
        }
        return end - start;
    }

    private static String joined(String[] groups, int from, int to) {
        return String.join(":", Arrays.asList(groups).subList(from, to));
    }
}
