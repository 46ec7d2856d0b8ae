package ferry.net;

import ferry.error.TransferException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * By what a peer is told apart that has shown nothing else: its IPv4 address, or the 64 leading bits of its IPv6 address, since
 * whoever has one of those has them all. Immutable.
 *
 * @param text for people
 */
public record AddressBlock(String text) {
    private static final int PREFIX_BYTES = 8;

    /** All whose address is not understood are taken for one, or each connection would come as somebody new. */
    private static final String UNKNOWN = "an unknown address";

    /** The block of a peer, as its connection names it. */
    public static AddressBlock of(String peer) {
        return new AddressBlock(isUnixSocket(peer) ? "this machine" : block(peer));
    }

    /** Whether a peer of this name has come over TCP, for certain; else it may have connected to a Unix socket. */
    public static boolean isTcp(String peer) {
        try {
            return Endpoint.parseTarget(peer) instanceof Endpoint.Tcp;
        } catch (TransferException e) {
            return false;
        }
    }

    private static boolean isUnixSocket(String peer) {
        try {
            return Endpoint.parseTarget(peer) instanceof Endpoint.Unix;
        } catch (TransferException e) {
            return false;
        }
    }

    private static String block(String peer) {
        try {
            return Endpoint.parseTarget(peer) instanceof Endpoint.Tcp tcp
                    ? block(InetAddress.ofLiteral(withoutScope(tcp.host())))
                    : UNKNOWN;
        } catch (TransferException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    /** Interfaces come and go; an address with the scope of one that is gone would not be understood. */
    private static String withoutScope(String host) {
        int percent = host.indexOf('%');
        return percent < 0 ? host : host.substring(0, percent);
    }

    private static String block(InetAddress address) throws TransferException {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, PREFIX_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            throw new IllegalStateException("as many bytes as before", e);
        }
    }
}
