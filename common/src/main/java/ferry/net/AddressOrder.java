package ferry.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** The order in which a host's addresses are tried: turn about by family (RFC 8305, section 4), else as the resolver gave them. */
final class AddressOrder {
    private AddressOrder() {}

    static List<InetAddress> interleave(List<InetAddress> addresses) {
        if (addresses.isEmpty()) {
            return addresses;
        }
        boolean firstIsFour = addresses.getFirst() instanceof Inet4Address;
        Queue<InetAddress> sameAsFirst = new ArrayDeque<>();
        Queue<InetAddress> others = new ArrayDeque<>();
        for (InetAddress address : addresses) {
            (address instanceof Inet4Address == firstIsFour ? sameAsFirst : others).add(address);
        }
        List<InetAddress> order = new ArrayList<>(addresses.size());
        while (!sameAsFirst.isEmpty() || !others.isEmpty()) {
            moveOne(sameAsFirst, order);
            moveOne(others, order);
        }
        return order;
    }

    private static void moveOne(Queue<InetAddress> from, List<InetAddress> to) {
        InetAddress next = from.poll();
        if (next != null) {
            to.add(next);
        }
    }
}
