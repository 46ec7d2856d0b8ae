package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.trust.KnownReceivers.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownReceiversTest {
    @TempDir
    private Path home;

    private KnownReceivers known;

    @BeforeEach
    void locate() {
        known = KnownReceivers.in(
                ConfigFolder.locate(Map.of("HOME", home.toString())).orElseThrow());
    }

    @Test
    void knowsWhatWasRecorded() throws Exception {
        assertThat(known.check("host:7363", Keys.A)).isEqualTo(new Answer.Unknown());
        assertThat(known.has("host:7363")).isFalse();
        known.record("host:7363", Keys.A);
        assertThat(known.has("host:7363")).isTrue();
        assertThat(known.check("host:7363", Keys.A)).isEqualTo(new Answer.Known());
        assertThat(known.check("host:7363", Keys.B)).isEqualTo(new Answer.Changed(List.of(Keys.A), 2));
        assertThat(known.check("host:7364", Keys.A)).isEqualTo(new Answer.Unknown());
        assertThat(known.check("other:7363", Keys.A)).isEqualTo(new Answer.Unknown());
    }

    @Test
    void isMadeForItsOwnerOnlyWithAWordOnWhatItIs() throws Exception {
        known.record("host:7363", Keys.A);
        assertThat(known.file()).hasContent("""
                # Receivers and their keys, as send met them; one a line: HOST:PORT sha256:...
                host:7363 %s
                """.formatted(Keys.A));
        assertThat(mode()).isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(known.file().getParent())) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("known_receivers", "lock");
        }
    }

    @Test
    void looksAtTheCapitalsOfPathsButNotOfHosts() throws Exception {
        write("Host.Example:7363 " + Keys.A.toString().toUpperCase(java.util.Locale.ROOT));
        assertThat(known.check("hOST.example:7363", Keys.A)).isEqualTo(new Answer.Known());
        known.record("unix:/Run/F", Keys.B);
        assertThat(known.check("unix:/Run/F", Keys.B)).isEqualTo(new Answer.Known());
        assertThat(known.check("unix:/run/f", Keys.B)).isEqualTo(new Answer.Unknown());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[::1]:7363",
                "[fe80::1%eth0]:1",
                "größe.example:65535",
                "unix:/run/my socket",
                "unix:/a\"b\\c",
                "unix:relative",
                "unix:/ends with \\",
            })
    void recordsEveryFormOfReceiver(String receiver) throws Exception {
        known.record("before:1", Keys.B);
        known.record(receiver, Keys.A);
        known.record("behind:1", Keys.B);
        assertThat(known.check(receiver, Keys.A)).isEqualTo(new Answer.Known());
        assertThat(known.check("behind:1", Keys.B)).isEqualTo(new Answer.Known());
    }

    @Test
    void refusesToRecordWhatWouldBreakTheFile() throws Exception {
        assertThatThrownBy(() -> known.record("unix:/a\nhost:1", Keys.A))
                .isInstanceOf(TransferException.class)
                .hasMessage(known.file() + ": a receiver with control characters in its path cannot be recorded");
        assertThat(known.file()).doesNotExist();
    }

    @Test
    void replacesTheLinesOfAReceiverAndKeepsAllOthers() throws Exception {
        write("""
                # mine

                host:1 %1$s # the old one
                other:1   %2$s
                \tHOST:1 %3$s
                @revoked %3$s # lost
                last:1 %2$s""".formatted(Keys.A, Keys.B, Keys.C));
        assertThat(known.check("host:1", Keys.B)).isEqualTo(new Answer.Changed(List.of(Keys.A, Keys.C), 3));
        known.record("host:1", Keys.B);
        assertThat(known.file()).hasContent("""
                # mine

                host:1 %2$s
                other:1   %2$s
                @revoked %3$s # lost
                last:1 %2$s
                """.formatted(Keys.A, Keys.B, Keys.C));
    }

    /** Two runs that both saw a receiver for the first time: the second must not replace what the first has recorded. */
    @Test
    void recordsAReceiverThatIsUnknownAndKeepsWhatAnotherRunRecordedMeanwhile() throws Exception {
        KnownReceivers other = KnownReceivers.in(
                ConfigFolder.locate(Map.of("HOME", home.toString())).orElseThrow());
        assertThat(known.check("host:1", Keys.A)).isEqualTo(new Answer.Unknown());
        assertThat(other.recordIfUnknown("host:1", Keys.B)).isEqualTo(new Answer.Unknown());
        assertThat(known.recordIfUnknown("HOST:1", Keys.A)).isEqualTo(new Answer.Changed(List.of(Keys.B), 2));
        assertThat(known.recordIfUnknown("host:1", Keys.B)).isEqualTo(new Answer.Known());
        assertThat(Files.readAllLines(known.file())).hasSize(2).last().isEqualTo("host:1 " + Keys.B);
        write("@revoked " + Keys.A);
        assertThat(known.recordIfUnknown("host:1", Keys.A)).isEqualTo(new Answer.Revoked());
    }

    @Test
    void trustsNoRevokedKeyWhateverOtherLinesSay() throws Exception {
        write("host:1 %1$s\n@revoked %1$s\nhost:1 %2$s\n".formatted(Keys.A, Keys.B));
        assertThat(known.check("host:1", Keys.A)).isEqualTo(new Answer.Revoked());
        assertThat(known.check("new:1", Keys.A)).isEqualTo(new Answer.Revoked());
        assertThat(known.check("host:1", Keys.B)).isEqualTo(new Answer.Known());
    }

    @Test
    void readsWhatOtherSystemsAndEditorsWrite() throws Exception {
        write("host:1 %s\r\n\t# words\r\n\r\nother:1\t%s\t# words".formatted(Keys.A, Keys.B));
        assertThat(known.check("host:1", Keys.A)).isEqualTo(new Answer.Known());
        assertThat(known.check("other:1", Keys.B)).isEqualTo(new Answer.Known());
    }

    @Test
    void keepsTheEndsOfOtherLines() throws Exception {
        write("old:1 %1$s\r\n\r\nhost:1 %1$s\r\n# words\nlast:1 %1$s".formatted(Keys.A));
        known.record("host:1", Keys.B);
        assertThat(Files.readString(known.file()))
                .isEqualTo("old:1 %1$s\r\n\r\nhost:1 %2$s\n# words\nlast:1 %1$s\n".formatted(Keys.A, Keys.B));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            host:1                  | 2:7: expected white space and the receiver's key
            host:1 sha256:12        | 2:8: expected sha256: and 64 hexadecimal digits, got 'sha256:12'
            host KEY                | 2:1: expected HOST:PORT or unix:/PATH, got 'host'
            host:123456 KEY         | 2:1: expected HOST:PORT or unix:/PATH, got 'host:123456'
            unix: KEY               | 2:1: expected HOST:PORT or unix:/PATH, got 'unix:'
            host:1 KEY more         | 2:80: expected the end of the line, got 'more'
            host:1 KEY#more         | 2:8: expected sha256: and 64 hexadecimal digits, got 'KEY#more'
            "host:1" # KEY          | 2:10: expected sha256: and 64 hexadecimal digits, got '#'
            "host:1"KEY             | 2:9: expected white space and the receiver's key
            "host:1 KEY             | 2:1: this quote is never closed
            @revoke KEY             | 2:1: expected @revoked, got '@revoke'
            @revoked                | 2:9: expected white space and the revoked key
            @revoked host:1         | 2:10: expected sha256: and 64 hexadecimal digits, got 'host:1'
            a\u001b[2Jb:1 KEY       | 2:2: expected text, got a control character
            a\u0000:1 KEY           | 2:2: expected text, got a control character
            """)
    void refusesALineThatItDoesNotUnderstandAndSaysWhere(String line, String error) throws Exception {
        write("# first\n" + line.replace("KEY", Keys.A.toString()) + "\nlast:1 " + Keys.A + "\n");
        String expected = known.file() + ":" + error.replace("KEY", Keys.A.toString());
        for (ThrowingCall call : List.<ThrowingCall>of(
                () -> known.check("last:1", Keys.A), () -> known.has("last:1"), () -> known.record("new:1", Keys.A))) {
            assertThatThrownBy(call::run).isInstanceOfSatisfying(TransferException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
                assertThat(e).hasMessage(expected);
            });
        }
    }

    private interface ThrowingCall {
        void run() throws Exception;
    }

    @Test
    void readsNoFileThatIsTooLargeOrNoTextOrNoFile() throws Exception {
        write("#" + "\n#".repeat(20_001));
        assertRefused(":20001:1: expected at most 20000 lines");
        write("#" + "x".repeat(8192));
        assertRefused(":1:1: expected at most 8192 characters in a line, got 8193");
        Files.write(known.file(), new byte[1_048_577]);
        assertRefused(": expected at most 1048576 bytes, got more");
        Files.write(known.file(), new byte[] {'#', (byte) 0xff});
        assertRefused(": expected UTF-8, got something else");
        Files.delete(known.file());
        Files.createDirectory(known.file());
        assertRefused(": expected a file, got something else");
    }

    @Test
    void readsAFullFileOfOneReceiverInLittleTime() throws Exception {
        write(("host:1 " + Keys.A + "\n").repeat(13_000));
        long start = System.nanoTime();
        known.record("host:1", Keys.B);
        // A tenth of a second; what is quadratic takes minutes.
        assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
        assertThat(known.file()).hasContent("host:1 " + Keys.B + "\n");
    }

    @Test
    void isRefusedWhereOthersMayWriteItAndKeepsItsModeOtherwise() throws Exception {
        write("host:1 " + Keys.A + "\n");
        Files.setPosixFilePermissions(known.file(), PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(() -> known.check("host:1", Keys.A)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e).hasMessage(known.file() + ": others may write it, and would decide who is trusted");
            assertThat(e.hints()).containsExactly("chmod go-w " + known.file());
        });
        Files.setPosixFilePermissions(known.file(), PosixFilePermissions.fromString("rw-r--r--"));
        known.record("host:1", Keys.B);
        assertThat(mode()).isEqualTo("rw-r--r--");
    }

    @Test
    void followsASymbolicLink() throws Exception {
        Path real = Files.writeString(home.resolve("dotfiles"), "host:1 " + Keys.A + "\n");
        Files.createDirectories(known.file().getParent());
        Files.createSymbolicLink(known.file(), real);
        known.record("other:1", Keys.B);
        assertThat(known.file()).isSymbolicLink();
        assertThat(real).hasContent("host:1 %s\nother:1 %s\n".formatted(Keys.A, Keys.B));
    }

    @Test
    void saysWhyItCannotBeWritten() throws Exception {
        Files.createDirectories(known.file().getParent());
        Files.createSymbolicLink(known.file(), home.resolve("gone"));
        assertThatThrownBy(() -> known.record("host:1", Keys.A))
                .isInstanceOf(TransferException.class)
                .hasMessage(known.file() + ": it cannot be written: no such file or directory");
    }

    @Test
    void losesNothingWhenProcessesAndThreadsRecordAtOnce() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(OtherProcess.start(List.of(), RecordMany.class, home.resolve(".config"), "process" + i));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                String name = "thread" + i;
                all.add(threads.submit(() -> recordMany(known, name)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        for (Process process : processes) {
            OtherProcess.output(process);
        }
        for (String name : List.of("process0", "process1", "thread0", "thread1")) {
            for (int i = 1; i <= MANY; i++) {
                assertThat(known.has(name + ":" + i)).as("%s:%d", name, i).isTrue();
            }
        }
        assertThat(Files.readAllLines(known.file())).hasSize(1 + 4 * MANY);
    }

    private static final int MANY = 25;

    private static void recordMany(KnownReceivers known, String name) {
        try {
            for (int i = 1; i <= MANY; i++) {
                known.record(name + ":" + i, Keys.A);
            }
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }

    /** Another process that records. */
    static final class RecordMany {
        private RecordMany() {}

        public static void main(String... arguments) {
            ConfigFolder folder =
                    ConfigFolder.locate(Map.of("XDG_CONFIG_HOME", arguments[0])).orElseThrow();
            recordMany(KnownReceivers.in(folder), arguments[1]);
        }
    }

    private void assertRefused(String error) {
        assertThatThrownBy(() -> known.check("host:1", Keys.A))
                .isInstanceOf(TransferException.class)
                .hasMessage(known.file() + error);
    }

    private void write(String text) throws Exception {
        Files.createDirectories(known.file().getParent());
        Files.writeString(known.file(), text);
    }

    private String mode() throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(known.file()));
    }
}
