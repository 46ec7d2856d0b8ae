package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Durability;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.Totals;
import ferry.event.TransferEvent;
import ferry.event.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The lines here are those of docs/JSON.md, field by field. */
class JsonEventWriterTest {
    private static final String ID = "\"transfer\":\"0123456789abcdef0123456789abcdef\"";

    private final TestConsole test = new TestConsole();
    private final JsonEventWriter writer = new JsonEventWriter(test.console(), Verbosity.NORMAL);

    @Test
    void writesListening() {
        assertThat(line(Events.listening("[::]:9000", OptionalInt.of(9000), "send FILE... host:9000")))
                .isEqualTo(
                        "{\"v\":1,\"event\":\"listening\",\"endpoint\":\"[::]:9000\",\"port\":9000,\"send\":\"send FILE... host:9000\",\"key\":null,\"code\":null}");
    }

    @Test
    void writesTheKeyAndTheCodeThatItListensWith() {
        assertThat(line(Events.listeningWithCode("*:9000")))
                .endsWith("\"send --code FILE... host:9000\",\"key\":\"sha256:00\",\"code\":\"42-six-words\"}");
    }

    @Test
    void writesListeningOnAUnixSocketWithoutPort() {
        assertThat(line(Events.listening("unix:/s", OptionalInt.empty(), "send FILE... unix:/s")))
                .contains("\"port\":null");
    }

    @Test
    void writesStarted() {
        assertThat(line(Events.started(Protocol.FERRY, Direction.OUTGOING)))
                .isEqualTo(
                        "{\"v\":1,\"event\":\"started\"," + ID
                                + ",\"peer\":\"10.0.0.2:9000\",\"protocol\":\"ferry\",\"direction\":\"outgoing\",\"encryption\":null,\"peer_key\":null}");
        assertThat(line(Events.startedEncrypted(Direction.INCOMING)))
                .endsWith("\"incoming\",\"encryption\":\"TLSv1.3, SUITE\",\"peer_key\":\"sha256:00\"}");
    }

    @Test
    void writesFound() {
        assertThat(line(new TransferEvent.Found(Events.TRANSFER, Events.file("a/b", 5))))
                .isEqualTo("{\"v\":1,\"event\":\"found\"," + ID + ",\"path\":\"a/b\",\"kind\":\"file\",\"size\":5}");
        assertThat(line(new TransferEvent.Found(Events.TRANSFER, Events.pipe("stdin"))))
                .contains("\"size\":null");
        assertThat(line(new TransferEvent.Found(Events.TRANSFER, Events.link("l", "a/b"))))
                .contains("\"kind\":\"link\",\"size\":0");
    }

    @Test
    void writesACompletedFile() {
        assertThat(line(Events.placed(Events.file("a/b", 12), "a/b (1)")))
                .isEqualTo(
                        "{\"v\":1,\"event\":\"entry\"," + ID
                                + ",\"path\":\"a/b\",\"placed\":\"a/b (1)\",\"kind\":\"file\",\"size\":12,\"crc32c\":\"0a0b0c0d\","
                                + "\"outcome\":\"placed\",\"durability\":\"durable\",\"verified\":true,\"mtime\":null,\"sha256\":null}");
    }

    @Test
    void writesACompletedDirectoryWithTheSameFields() {
        assertThat(line(Events.placed(Events.directory("d"), Durability.WRITTEN, Verification.UNVERIFIED)))
                .isEqualTo(
                        "{\"v\":1,\"event\":\"entry\"," + ID
                                + ",\"path\":\"d\",\"placed\":\"d\",\"kind\":\"directory\",\"size\":0,\"crc32c\":null,"
                                + "\"outcome\":\"placed\",\"durability\":\"written\",\"verified\":false,\"mtime\":null,\"sha256\":null}");
    }

    @Test
    void writesFailed() {
        assertThat(line(new TransferEvent.Failed(Events.TRANSFER, "a", ErrorCode.NO_SPACE, "no space left")))
                .isEqualTo(
                        "{\"v\":1,\"event\":\"failed\"," + ID
                                + ",\"path\":\"a\",\"code\":\"no_space\",\"number\":804,\"status\":8,\"text\":\"no space left\"}");
    }

    @Test
    void writesStopped() {
        TransferException reason = new TransferException(ErrorCode.TIMEOUT, "10.0.0.2:9000", "silent for 30 s")
                .withHint("send --timeout 5m");
        assertThat(line(TransferEvent.Stopped.transfer(Events.TRANSFER, reason)))
                .isEqualTo(
                        "{\"v\":1,\"event\":\"stopped\"," + ID
                                + ",\"code\":\"timeout\",\"number\":402,\"status\":4,\"text\":\"10.0.0.2:9000: silent for 30 s\",\"hints\":[\"send --timeout 5m\"]}");
        assertThat(line(TransferEvent.Stopped.run(reason))).contains("\"transfer\":null");
    }

    @Test
    void writesNoticesWarningsAndFrames() {
        assertThat(line(new TransferEvent.Notice("waiting")))
                .isEqualTo("{\"v\":1,\"event\":\"notice\",\"text\":\"waiting\"}");
        assertThat(line(new TransferEvent.Warning("not encrypted", List.of("do this"))))
                .isEqualTo("{\"v\":1,\"event\":\"warning\",\"text\":\"not encrypted\",\"hints\":[\"do this\"]}");
        assertThat(line(new TransferEvent.Frame(Optional.of(Events.TRANSFER), Direction.INCOMING, "WELCOME")))
                .isEqualTo("{\"v\":1,\"event\":\"frame\"," + ID + ",\"direction\":\"incoming\",\"text\":\"WELCOME\"}");
        assertThat(line(new TransferEvent.Frame(Optional.empty(), Direction.INCOMING, "HELLO")))
                .contains("\"transfer\":null");
    }

    @Test
    void writesHowManyStreamsThereAreToBe() {
        assertThat(line(new TransferEvent.Streams(Events.TRANSFER, 4, "as it was asked for")))
                .isEqualTo("{\"v\":1,\"event\":\"streams\"," + ID + ",\"streams\":4,\"text\":\"as it was asked for\"}");
    }

    @Test
    void writesWhetherContentIsCompressed() {
        assertThat(line(new TransferEvent.Compression(Events.TRANSFER, "zstd", "a stream moves 9.0 MB/s as it is")))
                .isEqualTo("{\"v\":1,\"event\":\"compression\"," + ID
                        + ",\"method\":\"zstd\",\"text\":\"a stream moves 9.0 MB/s as it is\"}");
    }

    @Test
    void writesThatItConnectsAgain() {
        assertThat(line(new TransferEvent.Reconnecting(
                        Events.TRANSFER, ErrorCode.TIMEOUT, "late", 1, 20, Duration.ofMillis(734))))
                .isEqualTo("{\"v\":1,\"event\":\"reconnecting\"," + ID
                        + ",\"code\":\"timeout\",\"number\":402,\"status\":4,\"text\":\"late\","
                        + "\"attempt\":1,\"most\":20,\"wait\":0.734}");
        assertThat(line(new TransferEvent.Reconnected(Events.TRANSFER, Events.PEER)))
                .isEqualTo("{\"v\":1,\"event\":\"reconnected\"," + ID + ",\"peer\":\"10.0.0.2:9000\"}");
    }

    @Test
    void writesFinished() {
        TransferEvent.Finished finished = new TransferEvent.Finished(
                Events.TRANSFER,
                Events.PEER,
                new Totals(7, 5, 1000, 800, 2, 1, 600),
                Duration.ofMillis(61_007),
                ExitStatus.PARTIAL,
                Bottleneck.RATE_LIMIT);
        assertThat(line(finished))
                .isEqualTo("{\"v\":1,\"event\":\"finished\"," + ID
                        + ",\"peer\":\"10.0.0.2:9000\",\"entries\":7,\"files\":5,\"bytes\":1000,\"moved\":800,\"same\":2,\"failed\":1,"
                        + "\"seconds\":61.007,\"status\":9,\"limited_by\":\"rate_limit\",\"wire\":600}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "quote \" backslash \\ slash /",
                "line\nfeed\ttab\u0000nul\u001besc\u007fdel",
                "c1 \u0085 \u009b31m",
                "separators \u2028 \u2029",
                "bidi \u202e \u2066 \u061c, joiner \u200d, byte order mark \ufeff",
                "文件 höhe \ud83d\ude80",
                "unpaired \ud83d and \ude80 and \ud83d",
                "reversed \ude80\ud83d",
                "tag \udb40\udc41",
            })
    void namesOfAnyCharactersAreReadBackAsTheyWere(String name) {
        writer.on(new TransferEvent.Failed(Events.TRANSFER, name, ErrorCode.SOURCE_NAME, "no"));

        String line = test.out();
        assertThat(line.lines()).hasSize(1);
        assertThat(line.codePoints().filter(JsonEventWriterTest::harms)).containsExactly((int) '\n');
        assertThat(stringField(line, "path")).isEqualTo(name);
    }

    @Test
    void theDocumentShowsEveryEventWithTheFieldsThatItHas() throws IOException {
        Map<String, List<String>> documented = Files.readAllLines(Path.of("..", "docs", "JSON.md")).stream()
                .filter(line -> line.startsWith("{"))
                .collect(Collectors.toMap(
                        line -> stringField(line, "event"), JsonEventWriterTest::fields, (first, second) -> second));
        Map<String, List<String>> written = Stream.of(
                        Events.listening("*:1", OptionalInt.of(1), "send"),
                        new TransferEvent.OwnKey("sha256:00"),
                        Events.started(Protocol.FERRY, Direction.OUTGOING),
                        new TransferEvent.Found(Events.TRANSFER, Events.file("a", 1)),
                        Events.placed(Events.file("a", 1)),
                        new TransferEvent.Failed(Events.TRANSFER, "a", ErrorCode.NO_SPACE, "full"),
                        new TransferEvent.Partial("a", "plain", 1, 2, Duration.ofSeconds(3)),
                        new TransferEvent.Checked("a", TransferEvent.Checked.State.ROTTED, "other bytes"),
                        new TransferEvent.Stopped(Optional.empty(), ErrorCode.TIMEOUT, "late", List.of()),
                        new TransferEvent.Reconnecting(
                                Events.TRANSFER, ErrorCode.TIMEOUT, "late", 1, 20, Duration.ofMillis(734)),
                        new TransferEvent.Reconnected(Events.TRANSFER, Events.PEER),
                        new TransferEvent.Streams(Events.TRANSFER, 4, "why"),
                        new TransferEvent.Compression(Events.TRANSFER, "zstd", "why"),
                        new TransferEvent.Notice("waiting"),
                        new TransferEvent.Warning("careful"),
                        new TransferEvent.Frame(Optional.of(Events.TRANSFER), Direction.OUTGOING, "HELLO"),
                        Events.finished(new Totals(0, 0, 0, 0, 0, 0)))
                .map(this::line)
                .collect(Collectors.toMap(line -> stringField(line, "event"), JsonEventWriterTest::fields));

        assertThat(written).hasSameSizeAs(TransferEvent.class.getPermittedSubclasses());
        assertThat(documented).isEqualTo(written);
    }

    @Test
    void leavesOrdinaryTextReadable() {
        assertThat(line(new TransferEvent.Notice("文件 höhe \ud83d\ude80"))).contains("文件 höhe \ud83d\ude80");
    }

    @Test
    void wantsFramesOnlyWhenVerbose() {
        assertThat(writer.wantsFrames()).isFalse();
        assertThat(new JsonEventWriter(test.console(), Verbosity.VERBOSE).wantsFrames())
                .isTrue();
    }

    private static boolean harms(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || codePoint == 0x2028
                || codePoint == 0x2029;
    }

    private static String stringField(String json, String field) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && parser.currentName().equals(field)) {
                    parser.nextToken();
                    return parser.getString();
                }
            }
        }
        throw new AssertionError("no field " + field + " in " + json);
    }

    private static List<String> fields(String json) {
        List<String> names = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    names.add(parser.currentName());
                }
            }
        }
        return names;
    }

    private String line(TransferEvent event) {
        int before = test.out().length();
        writer.on(event);
        String line = test.out().substring(before);
        assertThat(line).endsWith("}\n");
        return line.stripTrailing();
    }
}
