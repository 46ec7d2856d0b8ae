package ferry.receive;

import ferry.error.ShellWord;
import ferry.net.Endpoint;
import java.net.InetAddress;
import java.util.function.Supplier;

/** What to type elsewhere to send to an endpoint of ours. Pure functions. */
final class SendLine {
    private SendLine() {}

    /**
     * The line.
     *
     * @param option what send must be told beside what and where; empty for nothing
     * @param thisMachine a host by which others reach this machine; asked only where the endpoint names none
     */
    static String to(Endpoint endpoint, String option, Supplier<String> thisMachine) {
        String target = switch (endpoint) {
            case Endpoint.Tcp tcp -> new Endpoint.Tcp(host(tcp, thisMachine), tcp.port()).toString();
            case Endpoint.Unix unix ->
                new Endpoint.Unix(unix.socket().toAbsolutePath().normalize()).toString();
        };
        return "send " + (option.isEmpty() ? "" : option + " ") + "FILE... " + ShellWord.quoted(target);
    }

    private static String host(Endpoint.Tcp endpoint, Supplier<String> thisMachine) {
        return endpoint.isAnyHost() || isWildcard(endpoint.host()) ? thisMachine.get() : endpoint.host();
    }

    private static boolean isWildcard(String host) {
        try {
            return InetAddress.ofLiteral(host).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            // A name, which stands for addresses of its own.
            return false;
        }
    }
}
