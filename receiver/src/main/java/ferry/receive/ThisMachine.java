package ferry.receive;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** How others reach this machine, as far as it can know. Asks the system each time; for any thread. */
final class ThisMachine {
    /** An address of the documentation's network (RFC 5737): every route but the default one leads elsewhere. */
    private static final InetSocketAddress FAR_AWAY = new InetSocketAddress(InetAddress.ofLiteral("198.51.100.1"), 9);

    /** Names an interface of this machine, which means nothing to others. */
    private static final Pattern SCOPE = Pattern.compile("%.*");

    private ThisMachine() {}

    /**
     * The address from which this machine talks to the world, else one of an interface that is up, else {@code localhost}.
     * An address and not the host name, which other machines seldom know.
     */
    static String address() {
        return towardsTheWorld()
                .or(ThisMachine::ofAnyInterface)
                .map(address -> SCOPE.matcher(address.getHostAddress()).replaceFirst(""))
                .orElse("localhost");
    }

    /** Connecting a datagram socket chooses the route and its source address, and sends nothing. */
    private static Optional<InetAddress> towardsTheWorld() {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(FAR_AWAY);
            return channel.getLocalAddress() instanceof InetSocketAddress own
                            && !own.getAddress().isAnyLocalAddress()
                    ? Optional.of(own.getAddress())
                    : Optional.empty();
        } catch (IOException e) {
            // No route: this machine is in no network, or in one without a way out.
            return Optional.empty();
        }
    }

    private static Optional<InetAddress> ofAnyInterface() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(ThisMachine::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(Predicate.not(InetAddress::isLoopbackAddress))
                    .filter(Predicate.not(InetAddress::isLinkLocalAddress))
                    .min(Comparator.comparing(address -> !(address instanceof Inet4Address)));
        } catch (SocketException e) {
            return Optional.empty();
        }
    }

    private static boolean isUp(NetworkInterface candidate) {
        try {
            return candidate.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
