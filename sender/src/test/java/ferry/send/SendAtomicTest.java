package ferry.send;

import static ferry.send.SessionRun.directory;
import static ferry.send.SessionRun.file;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.wire.Features;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trees that are to appear at once: docs/PROTOCOL.md, section 6.1. */
@Timeout(60)
class SendAtomicTest {
    @TempDir
    Path dir;

    private SourceEntry root;
    private SourceEntry.LocalFile small;

    @BeforeEach
    void write() throws Exception {
        root = directory("site");
        small = file(Files.writeString(dir.resolve("small"), "small"));
    }

    private static ScriptedFerryReceiver welcoming(SessionRun run) throws Exception {
        ScriptedFerryReceiver receiver = run.receiver();
        assertThat(receiver.greeted().features()).isEqualTo(Features.ATOMIC);
        return receiver.say(
                ScriptedFerryReceiver.welcome(ScriptedFerryReceiver.CREDIT, Features.ATOMIC, Duration.ofSeconds(30)));
    }

    private static Frame.Receipt receipt(long entry, String path, EntryKind kind, long size, int crc) {
        return new Frame.Receipt(entry, kind, Outcome.PLACED, Durability.DURABLE, size, crc, path);
    }

    private static Frame.Receipt receiptOfRoot() {
        return receipt(0, "site", EntryKind.DIRECTORY, 0, 0);
    }

    /** Takes and stores the root and the small file, and hears DONE. */
    private static Frame.End takeBoth(ScriptedFerryReceiver receiver) throws Exception {
        receiver.hear(Frame.Offer.class);
        Frame.End end = receiver.await(Frame.End.class);
        receiver.say(new Frame.Stored(0), new Frame.Stored(end.entry()));
        assertThat(receiver.hear(Frame.Done.class).entries()).isEqualTo(2);
        return end;
    }

    private static Frame.Receipt receipt(Frame.End end) {
        return receipt(end.entry(), "small", EntryKind.FILE, end.size(), end.crc());
    }

    @Test
    void offersNothingToAReceiverThatCannot() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = run.receiver();
            receiver.greeted();
            receiver.say(ScriptedFerryReceiver.welcome(ScriptedFerryReceiver.CREDIT, 0, Duration.ofSeconds(30)));
            assertThat(receiver.hear(Frame.Abort.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            receiver.leave();
            assertThat(run.failure(ErrorCode.NOT_ALLOWED).hints()).containsExactly("leave out --atomic");
        }
    }

    @Test
    void tellsOfEachEntryWhenAllHaveTheirReceipts() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            Frame.End end = takeBoth(receiver);
            receiver.say(receipt(end), receiptOfRoot(), new Frame.Finished(2, 0, 5));
            run.assertComplete();
            List<TransferEvent.Completed> completed = run.events().of(TransferEvent.Completed.class);
            assertThat(completed).extracting(event -> event.path().toString()).containsExactly("site", "small");
            assertThat(completed.getLast().crc32c()).isEqualTo(OptionalInt.of(end.crc()));
            assertThat(completed.getLast().modified())
                    .isEqualTo(small.entry().attributes().modified());
        }
    }

    @Test
    void saysDoneWhenTheLastEntryIsStoredAndNotBefore() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            Frame.End end = receiver.await(Frame.End.class);
            receiver.say(new Frame.Stored(0)).fail(end.entry(), ErrorCode.CORRUPT_FILE);
            assertThat(receiver.hear(Frame.Offer.class).path()).as("sent again").isEqualTo("small");
            receiver.await(Frame.End.class);
            receiver.say(new Frame.Stored(2));
            assertThat(receiver.hear(Frame.Done.class).entries()).isEqualTo(3);
            receiver.reset();
            run.failure(ErrorCode.CONNECTION_LOST);
        }
    }

    @Test
    void takesNoReceiptForTrueUnlessAllAre() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            Frame.End end = takeBoth(receiver);
            receiver.say(
                    receipt(end.entry(), "small", EntryKind.FILE, end.size(), end.crc() + 1),
                    receiptOfRoot(),
                    new Frame.Finished(2, 0, 5));
            receiver.awaitAbort(ErrorCode.CORRUPT_FILE);
            run.failure(ErrorCode.CORRUPT_FILE);
            assertThat(run.events().of(TransferEvent.Completed.class)).isEmpty();
        }
    }

    @Test
    void refusesReceiptsThatSayDifferentThings() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            Frame.End end = takeBoth(receiver);
            receiver.say(
                    receiptOfRoot(),
                    new Frame.Receipt(
                            end.entry(),
                            EntryKind.FILE,
                            Outcome.PLACED,
                            Durability.WRITTEN,
                            end.size(),
                            end.crc(),
                            "small"));
            receiver.awaitAbort(ErrorCode.PROTOCOL_VIOLATION);
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void refusesAReceiptBeforeDone() throws Exception {
        try (SessionRun run = SessionRun.atomic().finds(root)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Stored(0), receiptOfRoot());
            receiver.awaitAbort(ErrorCode.PROTOCOL_VIOLATION);
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void refusesStoredBeforeEnd() throws Exception {
        SourceEntry large = file(Files.write(dir.resolve("large"), new byte[100_000]));
        try (SessionRun run = SessionRun.atomic().finds(root, large)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            receiver.hear(Frame.Offer.class);
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Stored(1));
            receiver.awaitAbort(ErrorCode.PROTOCOL_VIOLATION);
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void takesStoredForAFileOfNoOtherTransfer() throws Exception {
        try (SessionRun run = SessionRun.start().finds(small)) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            receiver.await(Frame.End.class);
            receiver.say(new Frame.Stored(0));
            receiver.awaitAbort(ErrorCode.PROTOCOL_VIOLATION);
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void endsWhenASourceFails() throws Exception {
        Files.delete(small.path());
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            receiver.awaitAbort(ErrorCode.SOURCE_VANISHED);
            run.failure(ErrorCode.SOURCE_VANISHED);
            assertThat(run.events().of(TransferEvent.Failed.class)).hasSize(1);
        }
    }

    @Test
    void endsWhenTheScanFails() throws Exception {
        try (SessionRun run = SessionRun.atomic().finds(root).fails("site/secret", ErrorCode.SOURCE_UNREADABLE)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            receiver.awaitAbort(ErrorCode.SOURCE_UNREADABLE);
            assertThat(run.failure(ErrorCode.SOURCE_UNREADABLE).why()).contains("'site/secret' failed");
        }
    }

    @Test
    void endsWhenTheReceiverRefusesAnEntry() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            receiver.await(Frame.End.class);
            receiver.say(new Frame.Stored(0)).fail(1, ErrorCode.CONFLICT);
            receiver.awaitAbort(ErrorCode.CONFLICT);
            run.failure(ErrorCode.CONFLICT);
            assertThat(run.events().of(TransferEvent.Failed.class)).hasSize(1);
        }
    }

    @Test
    void doesNotComeBackWithoutAnEntryThatHasFailedForChance() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            receiver.await(Frame.End.class);
            receiver.fail(1, ErrorCode.CORRUPT_FILE).await(Frame.End.class);
            receiver.fail(2, ErrorCode.CORRUPT_FILE);
            receiver.awaitAbort(ErrorCode.CORRUPT_FILE);
            run.failure(ErrorCode.CORRUPT_FILE);
            assertThat(run.putBack()).isEmpty();
        }
    }

    @Test
    void offersAllAgainIfTheConnectionBreaksBetweenReceipts() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            takeBoth(receiver);
            receiver.say(receiptOfRoot()).leave();
            run.failure(ErrorCode.CONNECTION_LOST);
            assertThat(run.putBack()).containsExactly(root, small);
            assertThat(run.events().of(TransferEvent.Completed.class)).isEmpty();
        }
    }

    @Test
    void needsNoFinishedOnceAllHaveTheirReceipts() throws Exception {
        try (SessionRun run = SessionRun.atomic().findsOnly(root, small)) {
            ScriptedFerryReceiver receiver = welcoming(run);
            Frame.End end = takeBoth(receiver);
            receiver.say(receiptOfRoot(), receipt(end)).leave();
            run.assertComplete();
            assertThat(run.events().of(TransferEvent.Completed.class)).hasSize(2);
        }
    }

    @Test
    void tellsOfMoreEntriesThanItKeepsInMemory() throws Exception {
        int count = 2 * Ledger.MAX_STORED + 100;
        List<SourceEntry> all = new ArrayList<>(List.of(root));
        for (int i = 1; i < count; i++) {
            all.add(directory("site/" + i));
        }
        try (SessionRun run = SessionRun.atomic()) {
            Thread scan = Thread.ofPlatform().start(() -> run.findsOnly(all.toArray(SourceEntry[]::new)));
            ScriptedFerryReceiver receiver = welcoming(run);
            for (int i = 0; i < count; i++) {
                receiver.say(new Frame.Stored(receiver.hear(Frame.Offer.class).entry()));
            }
            receiver.hear(Frame.Done.class);
            for (int i = count - 1; i > 0; i--) {
                receiver.say(receipt(i, "site/" + i, EntryKind.DIRECTORY, 0, 0));
            }
            receiver.say(receiptOfRoot(), new Frame.Finished(count, 0, 0));
            run.assertComplete();
            scan.join();
            assertThat(run.events().of(TransferEvent.Completed.class)).hasSize(count);
        }
    }
}
