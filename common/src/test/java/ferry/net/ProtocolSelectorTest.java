package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.net.Peers.Pair;
import ferry.net.ProtocolSelector.Choice;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ProtocolSelectorTest {

    @ParameterizedTest
    @CsvSource({"0x16, TLS", "0x00, FERRY", "0x01, CLASSIC", "0x66, CLASSIC", "0x0a, CLASSIC", "0xff, CLASSIC"})
    void theFirstByteSaysWhatFollowsAndIsStillThere(String first, Choice choice) throws IOException {
        byte value = Integer.decode(first).byteValue();
        try (Pair pair = Pair.open()) {
            pair.theirs().write(ByteBuffer.wrap(new byte[] {value}));
            assertThat(ProtocolSelector.select(pair.ours())).isEqualTo(choice);
            ByteBuffer read = ByteBuffer.allocate(1);
            assertThat(pair.ours().read(read)).isEqualTo(1);
            assertThat(read.get(0)).isEqualTo(value);
        }
    }

    @Test
    void aScanIsNobody() throws IOException {
        try (Pair pair = Pair.open()) {
            pair.theirs().close();
            assertThat(ProtocolSelector.select(pair.ours())).isEqualTo(Choice.NOBODY);
        }
        try (Pair pair = Pair.open()) {
            pair.theirs().setOption(StandardSocketOptions.SO_LINGER, 0);
            pair.theirs().close();
            assertThat(ProtocolSelector.select(pair.ours())).isEqualTo(Choice.NOBODY);
        }
    }

    @Test
    void whoeverStaysSilentIsClosed() throws IOException {
        try (Pair pair = Pair.open()) {
            assertThat(ProtocolSelector.select(pair.ours(), Duration.ofMillis(200)))
                    .isEqualTo(Choice.NOBODY);
            assertThat(pair.ours().isOpen()).isFalse();
        }
    }

    @Test
    void ourOwnCloseIsNotAScan() throws IOException {
        try (Pair pair = Pair.open()) {
            pair.ours().close();
            assertThatExceptionOfType(ClosedChannelException.class)
                    .isThrownBy(() -> ProtocolSelector.select(pair.ours()));
        }
    }
}
