package ferry.receive;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Endpoint;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;

/** Tells people at the start where the receiver listens, who may send, and what to type elsewhere. Used by the main thread. */
final class StartMessages {
    private final TransferListener listener;
    private final PreparedAccess access;

    StartMessages(TransferListener listener, PreparedAccess access) {
        this.listener = listener;
        this.access = access;
    }

    /** @param endpoints where it listens, with their real ports */
    void tell(List<Endpoint> endpoints) {
        boolean isLocal = endpoints.stream().allMatch(StartMessages::isLocal);
        if (access.transports() == Transports.PLAIN && !isLocal) {
            listener.on(TransferEvent.Warning.ofSecurity(
                    "nothing is encrypted: whoever is between here and a sender can read and change what it sends"));
        }
        if (access.isOpenToAnybody() && !isLocal) {
            listener.on(new TransferEvent.Warning(
                    "whoever reaches the port may send",
                    List.of(
                            "let in who knows a code: receive --code",
                            "let in those on a list: receive --allow FILE")));
        }
        access.allowed()
                .ifPresent(file -> listener.on(new TransferEvent.Notice("those may send whose keys are in " + file)));
        access.authority()
                .ifPresent(file -> listener.on(
                        new TransferEvent.Notice("those may send whose certificate is signed by one of " + file)));
        endpoints.forEach(this::tellListening);
        if (access.code().isPresent() && !endpoints.isEmpty()) {
            listener.on(new TransferEvent.Notice(
                    "send asks for the code; in a script, put it into a file that you alone can read, and: "
                            + SendLine.to(endpoints.getFirst(), "--code-file CODEFILE", ThisMachine::address)));
        }
    }

    private void tellListening(Endpoint endpoint) {
        OptionalInt port = switch (endpoint) {
            case Endpoint.Tcp tcp -> OptionalInt.of(tcp.port());
            case Endpoint.Unix _ -> OptionalInt.empty();
        };
        listener.on(new TransferEvent.Listening(
                endpoint.toString(),
                port,
                SendLine.to(endpoint, option(), ThisMachine::address),
                access.key().map(Object::toString),
                access.code().flatMap(PreparedAccess.Code::shown)));
    }

    /** What send must be told, beside what and where. */
    private String option() {
        if (access.code().isPresent()) {
            return "--code";
        }
        return access.transports() == Transports.PLAIN ? "--plain" : "";
    }

    /** Whether nobody but this machine reaches it. */
    private static boolean isLocal(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Unix _ -> true;
            case Endpoint.Tcp tcp -> tcp.host().equals("localhost") || isLoopback(tcp.host());
        };
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            // A name, which others may reach.
            return false;
        }
    }
}
