package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Durability;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StdoutInboxTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Inbox inbox = inbox(Channels.newChannel(output));

    private static Inbox inbox(WritableByteChannel channel) {
        return new StdoutInbox(channel, OptionalLong.of(100), OptionalLong.empty());
    }

    private static void write(StagedFile file, String text, long offset) throws TransferException {
        file.write(TestDisk.direct(text.getBytes(StandardCharsets.UTF_8)), offset);
    }

    @FunctionalInterface
    private interface Action {
        void run() throws TransferException;
    }

    private static void assertRefused(ErrorCode code, Action action) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void streamsOneFileInOrder() throws Exception {
        Admission admission = inbox.admit(file("file", 6));
        assertThat(admission).isInstanceOf(Admission.AcceptInOrder.class);
        write(admission.staged(), "abc", 0);
        write(admission.staged(), "def", 3);
        assertThat(admission.staged().complete(6))
                .isEqualTo(new Placement(path("file"), Outcome.PLACED, Durability.STREAMED, Optional.empty()));
        assertThat(output).hasToString("abcdef");
    }

    @Test
    void refusesDataOutOfOrder() throws Exception {
        StagedFile staged = inbox.admit(file("file", 6)).staged();
        write(staged, "abc", 0);
        assertRefused(ErrorCode.PROTOCOL_VIOLATION, () -> write(staged, "f", 5));
        assertRefused(ErrorCode.PROTOCOL_VIOLATION, () -> write(staged, "a", 0));
    }

    @Test
    void refusesASecondFile() throws Exception {
        StagedFile first = inbox.admit(file("first", 1)).staged();
        assertRefused(ErrorCode.NOT_ALLOWED, () -> inbox.admit(file("second", 1)));
        write(first, "1", 0);
        first.complete(1);
        first.abandon();
        assertRefused(ErrorCode.NOT_ALLOWED, () -> inbox.admit(file("second", 1)));
    }

    @Test
    void refusesASecondFileAfterAnEmptyOneThatIsComplete() throws Exception {
        StagedFile first = inbox.admit(file("first", 0)).staged();
        first.complete(0);
        first.abandon();
        assertRefused(ErrorCode.NOT_ALLOWED, () -> inbox.admit(file("second", 1)));
    }

    @Test
    void takesAnotherFileIfNothingOfTheFirstWasWritten() throws Exception {
        inbox.admit(file("first", 1)).staged().abandon();
        StagedFile second = inbox.admit(file("first", 2)).staged();
        write(second, "2", 0);
        second.abandon();
        assertRefused(ErrorCode.NOT_ALLOWED, () -> inbox.admit(file("first", 2)));
    }

    @Test
    void refusesDirectoriesAndLinks() {
        assertRefused(ErrorCode.NOT_ALLOWED, () -> inbox.defer(1, directory("directory", 0755)));
        assertRefused(ErrorCode.NOT_ALLOWED, () -> inbox.defer(1, link("link", "target")));
    }

    @Test
    void refusesWhatIsTooLarge() throws Exception {
        assertRefused(ErrorCode.TOO_LARGE, () -> inbox.admit(file("file", 101)));
        StagedFile staged = inbox.admit(TestDisk.fileOfUnknownSize("file")).staged();
        write(staged, "x".repeat(100), 0);
        assertRefused(ErrorCode.TOO_LARGE, () -> write(staged, "x", 100));
    }

    @Test
    void aBrokenPipeIsAStorageFailure() throws Exception {
        Pipe pipe = Pipe.open();
        pipe.source().close();
        try (WritableByteChannel sink = pipe.sink()) {
            StagedFile staged = inbox(sink).admit(file("file", 1)).staged();
            assertRefused(ErrorCode.STORAGE_FAILED, () -> write(staged, "x", 0));
        }
    }

    @Test
    void anEmptyFileIsOneToo() throws Exception {
        inbox.admit(file("empty", 0)).staged().complete(0);
        assertThat(output).hasToString("");
    }
}
