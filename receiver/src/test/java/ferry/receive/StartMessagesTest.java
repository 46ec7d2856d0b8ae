package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.net.Endpoint;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a receiver warns of at its start: as much as others can reach of it. */
class StartMessagesTest {
    private static final String NOT_ENCRYPTED = "nothing is encrypted";
    private static final String OPEN = "whoever reaches the port may send";

    private final Events events = new Events();

    private List<String> warnings(PreparedAccess access, String... endpoints) throws Exception {
        List<Endpoint> listening =
                Stream.of(endpoints).map(StartMessagesTest::endpoint).toList();
        new StartMessages(events, access).tell(listening);
        return events.of(TransferEvent.Warning.class).stream()
                .map(TransferEvent.Warning::text)
                .toList();
    }

    private static Endpoint endpoint(String text) {
        try {
            return Endpoint.parseListening(text);
        } catch (TransferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*:7363", "0.0.0.0:7363", "[::]:7363", "192.0.2.7:7363", "host.example:7363"})
    void aPlainReceiverThatOthersReachWarnsOfBoth(String endpoint) throws Exception {
        assertThat(warnings(PreparedAccess.ofAnybodyInPlain(events), endpoint))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith(NOT_ENCRYPTED),
                        second -> assertThat(second).isEqualTo(OPEN));
        assertThat(events.of(TransferEvent.Warning.class).getFirst().weight())
                .isEqualTo(TransferEvent.Warning.Weight.SECURITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:7363", "127.1.2.3:7363", "[::1]:7363", "localhost:7363", "unix:/run/ferry.sock"})
    void aPlainReceiverThatThisMachineAloneReachesWarnsOfNothing(String endpoint) throws Exception {
        assertThat(warnings(PreparedAccess.ofAnybodyInPlain(events), endpoint)).isEmpty();
    }

    @Test
    void oneEndpointThatOthersReachIsEnough() throws Exception {
        assertThat(warnings(PreparedAccess.ofAnybodyInPlain(events), "127.0.0.1:7363", "unix:/s", "192.0.2.7:7363"))
                .hasSize(2);
    }

    @Test
    void anEncryptedReceiverWarnsOnlyThatItIsOpen() throws Exception {
        assertThat(warnings(TestAccess.encrypted(events), "0.0.0.0:7363")).containsExactly(OPEN);
    }

    @Test
    void aReceiverThatAsksForACodeWarnsOfNothing() throws Exception {
        assertThat(warnings(TestAccess.codeForOne().of(events), "0.0.0.0:7363")).isEmpty();
    }
}
