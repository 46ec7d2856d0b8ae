package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code --json} of both programs says, read by JSON parsers and held against docs/JSON.md. */
final class JsonIT {
    private static final JsonPage PAGE = JsonPage.read();

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void eachEntryIsNamedOnceWithItsSizeAndChecksumAndTheLastObjectHasTheTotals() throws IOException {
        plant();
        RunningReceive receive = bench.receive();

        Result sent = bench.send("--json", "from", receive.endpoint()).expect(0);
        Result received = receive.stop().expect(0);

        for (Result side : List.of(sent, received)) {
            assertThat(side.errors()).isEmpty();
            side.events().forEach(PAGE::check);
            assertThat(side.events().getLast().name()).isEqualTo("finished");
            assertThat(side.events("entry"))
                    .extracting(event -> event.text("path"))
                    .containsExactlyInAnyOrder("from", "from/sub", "from/link", "from/sub/big", "from/empty");
            assertThat(side.events("entry"))
                    .filteredOn(event -> event.text("kind").equals("file"))
                    .allSatisfy(this::requireIndependentChecksum);
            Event finished = side.event("finished");
            assertThat(finished.number("entries")).isEqualTo(5);
            assertThat(finished.number("files")).isEqualTo(2);
            assertThat(finished.number("bytes")).isEqualTo(3_000_000);
            assertThat(finished.number("moved")).isEqualTo(3_000_000);
            assertThat(finished.number("same")).isZero();
            assertThat(finished.number("failed")).isZero();
            assertThat(finished.number("status")).isZero();
        }
        assertThat(sent.event("started").text("transfer"))
                .isEqualTo(received.event("started").text("transfer"));
    }

    @Test
    void theTotalsCountWhatFailedAndWhatWasThereAlready() {
        bench.file("from/same", 1000);
        bench.file("from/different", 1000);
        bench.file("from/new", 1000);
        bench.file("out/from/different", 10);
        RunningReceive receive = bench.receive("--on-conflict", "fail");
        bench.send("--include", "same", "from", receive.endpoint()).expect(0);

        Result sent = bench.send("--json", "from", receive.endpoint()).expect(9);
        Result received = receive.stop().expect(0);

        Event heard = received.events("finished").getLast();
        for (Event finished : List.of(sent.event("finished"), heard)) {
            assertThat(finished.number("entries")).isEqualTo(3);
            assertThat(finished.number("files")).isEqualTo(2);
            assertThat(finished.number("bytes")).isEqualTo(2000);
            assertThat(finished.number("failed")).isOne();
            assertThat(finished.number("status")).isEqualTo(9);
        }
        assertThat(sent.event("failed").text("code")).isEqualTo("conflict");
        assertThat(received.event("failed").text("code")).isEqualTo("conflict");
    }

    @Test
    void everyKindOfEventIsAsThePageSays() throws IOException {
        plant();
        bench.file("out/from/empty", 3);
        RunningReceive receive = bench.receive("--verbose", "--on-conflict", "fail", "--no-fsync");
        String receipt = bench.path("receipt").toString();
        Result sent = bench.send("--json", "--verbose", "--receipt", receipt, "from", receive.endpoint());
        Result dry = bench.send("--json", "--dry-run", "from", "127.0.0.1:1");
        Result refused = bench.send("--json", "from", "127.0.0.1:1");
        Result plain = bench.send("--json", "--plain", "from", receive.endpoint());
        Result key = bench.send("--json", "--fingerprint");
        Cable cable = bench.keep(Cable.to(receive.port()));
        cable.cutAfter(1_000_000);
        Result cut = bench.send("--json", "--retry-wait", "50ms", bench.file("cut", 5_000_000), cable.endpoint());
        Result streams = bench.send("--json", "--streams", "2", bench.file("two", 3_000_000), receive.endpoint());
        Path text = bench.file("text", "all work and no play\n".repeat(500_000));
        Result compressed = bench.send("--json", "--limit", "4MB/s", text, receive.endpoint());
        Path large = bench.file("large", 40_000_000);
        RunningProcess broken = bench.start(bench.sending("--limit", "9MB/s", large, receive.endpoint()));
        ResumeIT.awaitStaged(receive.folder(), 1);
        broken.close();
        Result received = receive.stop();
        Result partial = bench.start(Command.receive("--json", "--list-partial", "--dir", receive.folder()))
                .awaitEnd();
        Result checked = bench.start(Command.receive("--json", "--verify", receipt, "--dir", receive.folder()))
                .awaitEnd();

        Set<String> seen = new HashSet<>();
        Stream.of(sent, dry, refused, plain, key, cut, streams, compressed, received, partial, checked)
                .flatMap(result -> result.events().stream())
                .forEach(event -> {
                    PAGE.check(event);
                    seen.add(event.name());
                });
        assertThat(seen).isEqualTo(PAGE.events());
    }

    @Test
    void otherParsersReadItToo() {
        bench.file("from/\u001b[31m\"quoted\"\n\u202e\ud83d\udea2", 10);
        RunningReceive receive = bench.receive();
        Result sent = bench.send("--json", "from", receive.endpoint()).expect(0);
        Path lines = bench.file("lines", sent.output());
        List<String> paths =
                sent.events("entry").stream().map(event -> event.text("path")).toList();

        String python = """
                import json, sys
                for line in sys.stdin.buffer.read().decode('utf-8').split('\\n')[:-1]:
                    event = json.loads(line)
                    if event['event'] == 'entry': sys.stdout.write(event['path'] + '\\0')
                """;
        String jq = "select(.event == \"entry\") | .path + \"\\u0000\"";

        for (Command parser : List.of(Command.of("python3", "-c", python), Command.of("jq", "-j", jq))) {
            assertThat(parser.from(lines).run().expect(0).output().split("\0")).containsExactlyElementsOf(paths);
        }
    }

    @Test
    void aBrokenStandardOutputDoesNotStopTheTransfer() {
        bench.file("from/file", 10);
        RunningReceive receive = bench.receive();

        Result sent = bench.sending("--json", "from", receive.endpoint())
                .under("/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full")
                .run()
                .expect(3);

        assertThat(sent.errors()).contains("send: error: standard output: No space left on device");
        assertThat(receive.folder().resolve("from/file")).hasSize(10);
    }

    private void plant() throws IOException {
        bench.file("from/sub/big", 3_000_000);
        bench.file("from/empty", 0);
        Files.createSymbolicLink(bench.path("from/link"), Path.of("sub/big"));
    }

    private void requireIndependentChecksum(Event entry) {
        Path file = bench.path(entry.text("path"));
        assertThat(entry.number("size")).isEqualTo(file.toFile().length());
        assertThat(entry.text("crc32c")).isEqualTo(Tree.crc32c(file));
    }
}
