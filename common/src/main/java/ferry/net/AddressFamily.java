package ferry.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Which of a host's addresses may be used. */
public enum AddressFamily {
    /** All of them, turn about. */
    ANY,
    /** IPv4 alone. */
    IPV4,
    /** IPv6 alone. */
    IPV6;

    boolean allows(InetAddress address) {
        return switch (this) {
            case ANY -> true;
            case IPV4 -> address instanceof Inet4Address;
            case IPV6 -> address instanceof Inet6Address;
        };
    }

    /** For messages: {@code IPv4}. */
    String words() {
        return switch (this) {
            case ANY -> "IP";
            case IPV4 -> "IPv4";
            case IPV6 -> "IPv6";
        };
    }
}
