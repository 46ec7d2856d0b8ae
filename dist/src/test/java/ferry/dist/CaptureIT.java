package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody can read who records all that passes on the network. */
final class CaptureIT {
    private static final String NAME = "marker-of-the-name";
    private static final String CONTENT = "marker of the content ";

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void neitherNameNorContentCanBeReadByDefault() {
        String captured = captured("--no-progress");

        assertThat(captured).doesNotContain(marks());
    }

    @Test
    void bothCanBeReadInPlainOrElseThisTestCouldNotFail() {
        String captured = captured("--plain");

        assertThat(captured).contains(marks());
    }

    /** What passes while the marked file is sent, a character for each byte. */
    private String captured(String option) {
        RunningReceive receive = bench.receive();
        Path file = bench.file(NAME, CONTENT.repeat(5000));
        bench.file(NAME + "-wide", wide(CONTENT).repeat(100));
        Capture capture = bench.keep(Capture.of(receive.port(), bench.path("capture.pcap")));

        bench.send(option, file, NAME + "-wide", receive.endpoint()).expect(0);

        assertThat(receive.received()).containsExactlyInAnyOrder(NAME, NAME + "-wide");
        return capture.end();
    }

    private static String[] marks() {
        return new String[] {NAME, CONTENT, wide(CONTENT)};
    }

    /** As it stands in UTF-16. */
    private static String wide(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1);
    }
}
