package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.event.TransferEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classic protocol against programs that are not ours. */
class ClassicPeersTest {
    /** As a student would write it; the pieces of the name, 30 ms apart, are what TCP might make of it. */
    private static final String PYTHON_SENDER = """
            import socket, sys, time
            port, path, pieces = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
            connection = socket.create_connection(('127.0.0.1', port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                connection.sendall(piece.encode())
                time.sleep(0.03)
            answer = connection.recv(2)
            if answer != b'ok':
                sys.exit((answer + connection.recv(1024)).decode().strip())
            with open(path, 'rb') as source:
                while True:
                    data = source.read(65536)
                    if not data:
                        break
                    connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            sys.exit(connection.recv(1024).decode().strip() or 0)
            """;

    @TempDir
    private Path dir;

    private Path out;
    private Path source;
    private RunningReceiver receiver;

    @BeforeEach
    void start() throws IOException {
        out = dir.resolve("out");
        source = Files.write(dir.resolve("source"), TestDisk.random(3_000_001, 4711));
        receiver = RunningReceiver.into(out);
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void receivesFromAProgramAsAStudentWouldWriteIt() throws Exception {
        assertThat(run(python("report.bin"))).isEqualTo(new Result(0, ""));
        assertThat(out.resolve("report.bin")).hasSameBinaryContentAs(source);
    }

    @Test
    void takesANameThatComesInThreeSegments() throws Exception {
        assertThat(run(python("re", "po", "rt.bin"))).isEqualTo(new Result(0, ""));
        assertThat(out.resolve("report.bin")).hasSameBinaryContentAs(source);
    }

    @Test
    void tellsTheStudentWhyANameIsRefused() throws Exception {
        assertThat(run(python("sub/report.bin")))
                .isEqualTo(new Result(1, "error: sub/report.bin: expected a bare name, got a path\n"));
        assertThat(TestDisk.tree(out)).isEmpty();
    }

    @Test
    void receivesFromNetcatWithANewlineAfterTheName() throws Exception {
        assertThat(run(shell("(printf 'report.bin\\n'; cat source) | nc -N 127.0.0.1 " + receiver.port())))
                .isEqualTo(new Result(0, "ok"));
        assertThat(out.resolve("report.bin")).hasSameBinaryContentAs(source);
    }

    @Test
    void receivesFromNetcatWithAPauseAfterTheName() throws Exception {
        assertThat(run(shell("(printf report.bin; sleep 0.4; cat source) | nc -N 127.0.0.1 " + receiver.port())))
                .isEqualTo(new Result(0, "ok"));
        assertThat(out.resolve("report.bin")).hasSameBinaryContentAs(source);
    }

    @Test
    void takesNothingFromAPortScan() throws Exception {
        assertThat(run(shell("nc -z 127.0.0.1 " + receiver.port()))).isEqualTo(new Result(0, ""));
        assertThat(run(shell("printf 'a\\nb' | nc -N 127.0.0.1 " + receiver.port())))
                .isEqualTo(new Result(0, "ok"));
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("a", "b"));
        assertThat(receiver.events().of(TransferEvent.Started.class)).hasSize(1);
        assertThat(receiver.events().of(TransferEvent.Notice.class)).isEmpty();
    }

    /** What a program came to, and what it printed on either stream. */
    private record Result(int status, String output) {}

    private List<String> python(String... pieces) {
        return concat(
                List.of("python3", "-c", PYTHON_SENDER, Integer.toString(receiver.port()), source.toString()),
                List.of(pieces));
    }

    private static List<String> shell(String line) {
        return List.of("sh", "-c", line);
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private Result run(List<String> command) throws IOException, InterruptedException {
        Path output = dir.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(20, TimeUnit.SECONDS))
                    .as("it ends in time")
                    .isTrue();
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }
}
