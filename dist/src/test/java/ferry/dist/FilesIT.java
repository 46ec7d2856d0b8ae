package ferry.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Single files, and streams that are none, from one program to the other. */
final class FilesIT {
    private static final long GIB = 1L << 30;

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aFileArrivesWithItsContentTimeAndPermissions() throws IOException {
        Path file = bench.file("report.bin", 20_000_000);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z")));
        RunningReceive receive = bench.receive();

        Result sent = bench.send(file, receive.endpoint()).expect(0);

        assertThat(sent.output()).isEmpty();
        assertThat(sent.errors()).contains("report.bin, 20.0 MB", "checked and durable");
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder()))
                .containsExactly(Tree.of(bench.path("")).entrySet().stream()
                        .filter(entry -> entry.getKey().equals("report.bin"))
                        .findAny()
                        .orElseThrow());
    }

    @Test
    void anEmptyFileArrives() {
        Path file = bench.file("empty", 0);
        RunningReceive receive = bench.receive();

        bench.send(file, receive.endpoint()).expect(0);

        assertThat(receive.folder().resolve("empty")).isEmptyFile();
    }

    @Test
    void aFileOfThreeGibibytesArrivesWhole() throws IOException {
        Path file = bench.roomyDirectory().resolve("sparse.img");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(3 * GIB);
            sparse.seek(2 * GIB - 5);
            sparse.write("across the border of 2 GiB".getBytes(UTF_8));
            sparse.seek(3 * GIB - 3);
            sparse.write("end".getBytes(UTF_8));
        }
        RunningReceive receive = bench.receiveInto(bench.roomyDirectory(), "--no-fsync");

        Result sent = bench.send("--json", file, receive.endpoint()).expect(0);

        Path arrived = receive.folder().resolve("sparse.img");
        assertThat(arrived).hasSize(3 * GIB);
        assertThat(sent.event("entry").text("crc32c"))
                .isEqualTo(Tree.crc32c(file))
                .isEqualTo(Tree.crc32c(arrived));
    }

    @Test
    void standardInputArrivesUnderTheNameThatItIsGiven() throws IOException {
        Path file = bench.file("source", 3_000_000);
        RunningReceive receive = bench.receive();

        bench.sending("--name", "backup.tar", "-", receive.endpoint())
                .from(file)
                .run()
                .expect(0);

        assertThat(receive.folder().resolve("backup.tar")).hasSameBinaryContentAs(file);
    }

    @Test
    void standardInputOfUnknownLengthIsSentWhileItIsWritten() throws IOException {
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("-", receive.endpoint()));

        try (OutputStream input = send.input()) {
            input.write("first\n".getBytes(UTF_8));
            input.flush();
            receive.awaitEvents("started", 1);
            assertThat(receive.folder().resolve("stdin")).doesNotExist();
            input.write("second\n".getBytes(UTF_8));
        }

        send.awaitEnd().expect(0);
        assertThat(receive.folder().resolve("stdin")).hasContent("first\nsecond\n");
    }

    @Test
    void standardOutputHasTheFileByteByByte() throws IOException {
        Path file = bench.file("music.flac", 5_000_000);
        RunningProcess receive = bench.start(Command.receive("--stdout", "--listen", "127.0.0.1:0"));
        String endpoint = endpointSaidBy(receive);

        Result sent = bench.send(file, endpoint).expect(0);

        assertThat(sent.errors()).contains("checked and streamed");
        assertThat(receive.awaitEnd().expect(0).bytes()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void aPipeGoesThroughBothPrograms() {
        RunningProcess receive = bench.start(Command.receive("--stdout", "--listen", "127.0.0.1:0"));
        String endpoint = endpointSaidBy(receive);

        bench.sending("-", endpoint)
                .under("/bin/sh", "-c", "seq 1 100000 | \"$0\" \"$@\"")
                .run()
                .expect(0);

        assertThat(receive.awaitEnd().expect(0).output()).startsWith("1\n2\n").endsWith("99999\n100000\n");
    }

    @Test
    void aFileThatIsThereAlreadyIsNotSentAgain() {
        Path file = bench.file("big.bin", 30_000_000);
        RunningReceive receive = bench.receive();
        bench.send(file, receive.endpoint()).expect(0);

        Result again = bench.send("--json", file, receive.endpoint()).expect(0);

        assertThat(again.event("entry").text("outcome")).isEqualTo("same");
        assertThat(again.event("entry").text("crc32c")).isEqualTo(Tree.crc32c(file));
        assertThat(again.event("finished").number("same")).isOne();
        assertThat(again.event("finished").number("moved")).isLessThan(100_000);
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("big.bin");
    }

    /** Where a receiver that speaks to people says that it listens. */
    private static String endpointSaidBy(RunningProcess receive) {
        receive.awaitErrors("hint: send");
        String listening = "receive: listening on ";
        return receive.soFar().errorLines().stream()
                .filter(line -> line.startsWith(listening))
                .map(line -> line.substring(listening.length()))
                .findAny()
                .orElseThrow();
    }
}
