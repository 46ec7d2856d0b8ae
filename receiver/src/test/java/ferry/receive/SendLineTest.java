package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.net.Endpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendLineTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "*:7363, send FILE... 192.0.2.7:7363",
                "0.0.0.0:9000, send FILE... 192.0.2.7:9000",
                "[::]:9000, send FILE... 192.0.2.7:9000",
                "127.0.0.1:9000, send FILE... 127.0.0.1:9000",
                "[::1]:9000, send FILE... [::1]:9000",
                "files.example:9000, send FILE... files.example:9000",
                "unix:/run/ferry.sock, send FILE... unix:/run/ferry.sock",
                "unix:/a b/it's.sock, send FILE... 'unix:/a b/it'\\''s.sock'",
            })
    void namesWhatOthersCanType(String endpoint, String line) throws Exception {
        assertThat(SendLine.to(Endpoint.parseListening(endpoint), "", () -> "192.0.2.7"))
                .isEqualTo(line);
    }

    @Test
    void makesTheSocketsPathAbsolute() {
        Path socket = Path.of("ferry.sock");
        assertThat(SendLine.to(new Endpoint.Unix(socket), "", () -> "192.0.2.7"))
                .isEqualTo("send FILE... unix:" + socket.toAbsolutePath());
    }

    @Test
    void findsAnAddressOfThisMachineThatIsNoWildcard() {
        assertThat(ThisMachine.address()).isNotEmpty().isNotEqualTo("0.0.0.0").doesNotContain("%");
    }
}
