package ferry.net;

import static ferry.fuzz.Invariant.require;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;

/** Where to listen and to connect, as it is typed: what is taken is typed again as it prints itself. */
public final class EndpointTarget {
    private interface Parser {
        Endpoint parse(String text) throws TransferException;
    }

    private EndpointTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        check(text, Endpoint::parseListening);
        check(text, Endpoint::parseTarget);
    }

    private static void check(String text, Parser parser) {
        Endpoint endpoint;
        try {
            endpoint = parser.parse(text);
        } catch (TransferException e) {
            require(e.code() == ErrorCode.USAGE && !e.why().isEmpty(), () -> "no error of an endpoint: " + e);
            require(!e.hints().isEmpty(), () -> "without a hint: " + e);
            return;
        }
        try {
            Endpoint again = parser.parse(endpoint.toString());
            require(again.equals(endpoint), () -> endpoint + " became " + again);
        } catch (TransferException e) {
            throw new AssertionError(endpoint + " is not what it prints", e);
        }
    }
}
