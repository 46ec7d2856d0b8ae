package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.SessionRun.file;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sources that change, vanish or cannot be read while they are sent. */
@Timeout(30)
class SendSourceTest {
    private static final int LARGE = 2 * Chunks.SIZE;

    @TempDir
    Path dir;

    private Path write(String name, int size) throws Exception {
        return Files.write(dir.resolve(name), new byte[size]);
    }

    private static void touch(Path path, long second) throws Exception {
        Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(second)));
    }

    /** The large file is accepted, and some of its second chunk may still be unread. */
    private static ScriptedFerryReceiver sending(SessionRun run) throws Exception {
        ScriptedFerryReceiver receiver = run.receiver().welcoming();
        receiver.hear(Frame.Offer.class);
        receiver.say(new Frame.Accept(0)).hear(Frame.Data.class);
        return receiver;
    }

    private static ErrorCode hearFailed(ScriptedFerryReceiver receiver, long entry) throws Exception {
        Frame.Failed failed = receiver.await(Frame.Failed.class);
        assertThat(failed.entry()).isEqualTo(entry);
        return failed.reason().code();
    }

    private static void finish(SessionRun run, long entries, Frame... last) throws Exception {
        assertThat(run.receiver().say(last).await(Frame.Done.class).entries()).isEqualTo(entries);
        run.receiver().say(new Frame.Finished(0, 0, 0));
        run.assertComplete();
    }

    @Test
    void offersAFileOnceMoreThatChangedBeforeItWasOpened() throws Exception {
        Path path = write("f", 100);
        SourceEntry found = file(path);
        write("f", 200);
        try (SessionRun run = SessionRun.start().findsOnly(found)) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            assertThat(receiver.hear(Frame.Offer.class).size()).hasValue(100);
            assertThat(hearFailed(receiver, 0)).isEqualTo(ErrorCode.SUPERSEDED);
            Frame.Offer again = receiver.hear(Frame.Offer.class);
            assertThat(again.entry()).isEqualTo(1);
            assertThat(again.path()).isEqualTo("f");
            assertThat(again.size()).hasValue(200);
            finish(run, 2, receipt(receiver.await(Frame.End.class)));
            assertThat(run.events().of(TransferEvent.Failed.class)).isEmpty();
        }
    }

    @Test
    void givesAFileUpThatKeepsChangingWhileItIsSent() throws Exception {
        Path path = write("f", LARGE);
        try (SessionRun run = SessionRun.start().findsOnly(file(path))) {
            ScriptedFerryReceiver receiver = sending(run);
            touch(path, 1);
            assertThat(hearFailed(receiver, 0)).isEqualTo(ErrorCode.SUPERSEDED);
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Accept(1)).hear(Frame.Data.class);
            touch(path, 2);
            assertThat(hearFailed(receiver, 1)).isEqualTo(ErrorCode.SOURCE_CHANGED);
            finish(run, 2);
            assertThat(run.events().only(TransferEvent.Failed.class).code()).isEqualTo(ErrorCode.SOURCE_CHANGED);
        }
    }

    @Test
    void neverEndsAFileThatGrowsOrShrinks() throws Exception {
        Path path = write("f", LARGE);
        try (SessionRun run = SessionRun.start().findsOnly(file(path))) {
            ScriptedFerryReceiver receiver = sending(run);
            Files.write(path, new byte[1], StandardOpenOption.APPEND);
            assertThat(hearFailed(receiver, 0)).isEqualTo(ErrorCode.SUPERSEDED);
            assertThat(receiver.hear(Frame.Offer.class).size()).hasValue(LARGE + 1);
            receiver.say(new Frame.Accept(1)).hear(Frame.Data.class);
            write("f", 1000);
            assertThat(hearFailed(receiver, 1)).isEqualTo(ErrorCode.SOURCE_CHANGED);
            finish(run, 2);
        }
    }

    @Test
    void failsAFileAloneThatVanished() throws Exception {
        Path path = write("f", 100);
        SourceEntry gone = file(path);
        Files.delete(path);
        try (SessionRun run = SessionRun.start().findsOnly(gone, file(write("g", 10)))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            assertThat(hearFailed(receiver, 0)).isEqualTo(ErrorCode.SOURCE_VANISHED);
            finish(run, 2, receipt(receiver.await(Frame.End.class)));
            assertThat(run.events().only(TransferEvent.Failed.class).path()).isEqualTo("f");
            assertThat(run.events().of(TransferEvent.Completed.class)).hasSize(1);
        }
    }

    @Test
    void failsAFileAloneThatBecameADirectory() throws Exception {
        Path path = write("f", 100);
        SourceEntry found = file(path);
        Files.delete(path);
        Files.createDirectory(path);
        try (SessionRun run = SessionRun.start().findsOnly(found)) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            assertThat(hearFailed(receiver, 0)).isEqualTo(ErrorCode.SOURCE_CHANGED);
            finish(run, 1);
        }
    }

    @Test
    void doesNotSayDoneWhileAComparedFileMayHaveToBeOfferedAgain() throws Exception {
        Path path = write("f", LARGE);
        try (SessionRun run = SessionRun.start().findsOnly(file(path))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Compare(0, ChunkSet.all(2))).await(Frame.End.class);
            touch(path, 1);
            receiver.say(new Frame.Same(0, 0), new Frame.Send(0, 1));
            assertThat(hearFailed(receiver, 0)).isEqualTo(ErrorCode.SUPERSEDED);
            assertThat(receiver.hear(Frame.Offer.class).entry()).isEqualTo(1);
            receiver.say(new Frame.Accept(1));
            finish(run, 2, receipt(receiver.await(Frame.End.class)));
        }
    }

    @Test
    void passesOverTheReceiptOfAnEntryThatItHasWithdrawnMeanwhile() throws Exception {
        Path path = write("f", LARGE);
        try (SessionRun run = SessionRun.start().findsOnly(file(path))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Compare(0, ChunkSet.all(2)));
            Frame.End end = receiver.await(Frame.End.class);
            touch(path, 1);
            receiver.say(new Frame.Same(0, 0), new Frame.Send(0, 1));
            assertThat(hearFailed(receiver, 0)).isEqualTo(ErrorCode.SUPERSEDED);
            receiver.say(receipt(end));
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Accept(1));
            finish(run, 2, receipt(receiver.await(Frame.End.class)));
        }
    }
}
