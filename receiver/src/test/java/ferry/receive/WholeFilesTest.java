package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files whose content may come with their offers, and what else may come instead. */
@Timeout(60)
class WholeFilesTest {
    private static final byte[] HELLO = "hello".getBytes(UTF_8);

    @TempDir
    Path out;

    private SessionHost host;

    @BeforeEach
    void open() throws Exception {
        host = SessionHost.into(out);
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void placesHundredsInDirectoriesThatWereOfferedAmongThem() throws Exception {
        int directories = 10;
        int files = 600;
        Map<Long, Frame> answers = new HashMap<>();
        try (ScriptedFerrySender sender = host.welcome()) {
            for (int i = 0; i < files; i++) {
                if (i % (files / directories) == 0) {
                    sender.offer(i, directory("d" + i * directories / files, 0750));
                } else {
                    sender.eager(i, "d%d/f%d".formatted(i * directories / files, i), "content " + i);
                }
            }
            sender.done(files);
            while (answers.size() < files) {
                if (sender.hearAny() instanceof Frame.Receipt receipt) {
                    answers.put(receipt.entry(), receipt);
                }
            }
            sender.hearFinished(ExitStatus.DONE);
        }
        for (int i = 0; i < directories; i++) {
            Path directory = out.resolve("d" + i);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwxr-x---");
        }
        assertThat(TestDisk.tree(out)).containsEntry("d9/f599", "content 599").containsEntry("d0/f1", "content 1");
    }

    @Test
    void givesAVerdictToOneThatComesWithoutItsContent() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 5)).hear(Frame.Accept.class);
            sender.data(0, 0, HELLO).end(0, HELLO);
            assertThat(sender.hearReceipt().path()).isEqualTo("f");
        }
    }

    @Test
    void givesAVerdictToOneOfWhoseContentOnlyAPartHasCome() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 10)).data(0, 0, HELLO).hear(Frame.Accept.class);
            sender.data(0, 5, HELLO).end(0, "hellohello".getBytes(UTF_8));
            assertThat(sender.hearReceipt().size()).isEqualTo(10);
        }
    }

    @Test
    void takesAnotherEntryBetweenAFileAndItsContent() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("first", 5)).offer(1, file("second", 5));
            sender.data(0, 0, HELLO).data(1, 0, HELLO).end(1, HELLO).end(0, HELLO);
            sender.done(2);
            sender.hearFinished(ExitStatus.DONE);
        }
        assertThat(TestDisk.tree(out)).containsOnlyKeys("first", "second");
    }

    @Test
    void refusesAnEndThatDoesNotAgreeWithTheContent() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 5)).data(0, 0, HELLO).end(0, "hallo".getBytes(UTF_8));
            sender.hearFailed(ErrorCode.CORRUPT_FILE);
            awaitEndOf(sender);
        }
        assertThat(TestDisk.tree(out)).isEmpty();
    }

    @Test
    void leavesNothingOfOneThatIsWithdrawnAfterItsContent() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 5)).data(0, 0, HELLO).fail(0, ErrorCode.SOURCE_CHANGED);
            sender.eager(1, "g", "hello");
            assertThat(sender.hearReceipt().entry()).isEqualTo(1);
            awaitEndOf(sender);
        }
        assertThat(TestDisk.tree(out)).containsOnlyKeys("g");
    }

    @Test
    void letsGoOfOneWhoseEndNeverComes() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 5)).data(0, 0, HELLO);
            awaitEndOf(sender);
        }
        assertThat(TestDisk.tree(out)).isEmpty();
        assertThat(host.lentBytes()).isZero();
    }

    /** When nothing moves in the folder any more. */
    private static void awaitEndOf(ScriptedFerrySender sender) throws Exception {
        assertThat(sender.reset().status()).contains(ErrorCode.CONNECTION_LOST.exitStatus());
    }
}
