package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.entry.Attributes;
import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.send.Outgoing.Attempts;
import ferry.send.Outgoing.Whole;
import ferry.wire.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What scripted receivers cannot bring about when they want to. */
@Timeout(20)
class LedgerTest {
    private static final Whole NOTHING = new Whole(0, 0);

    private final Ledger ledger = new Ledger(Ledger.AfterDone.FAIL);

    @BeforeEach
    void welcome() {
        ledger.welcome(1024, 1 << 20);
    }

    static SourceEntry.LocalFile file(String name, long size) {
        try {
            RelativePath path = RelativePath.parse(name);
            return new SourceEntry.LocalFile(
                    new Entry.File(path, OptionalLong.of(size), Attributes.NONE),
                    Path.of(name),
                    new FileStamp(size, Instant.EPOCH, Optional.empty()));
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }

    static SourceEntry directory(String name) {
        try {
            return new SourceEntry.WithoutContent(
                    new Entry.Directory(RelativePath.parse(name), Attributes.NONE), Path.of(name));
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }

    /** Offers a file of so many chunks, and has it compared. */
    private Outgoing compared(String name, int chunks) throws Exception {
        ledger.found(ToOffer.first(file(name, (long) chunks * Chunks.SIZE)));
        Outgoing file = ((Work.Offer) ledger.next()).entry();
        ledger.compare(file.number(), ChunkSet.all(chunks));
        assertThat(ledger.next()).isEqualTo(new Work.Advance(file));
        return file;
    }

    private void prove(Outgoing file, long from, long to) throws Exception {
        for (long chunk = from; chunk < to; chunk++) {
            assertThat(ledger.mayProve(file, chunk)).as("chunk %d", chunk).isTrue();
        }
    }

    @Test
    void losesNoEntryWhenTheFeederIsInterrupted() throws Exception {
        SourceEntry entry = file("f", 1);
        Thread.currentThread().interrupt();
        ledger.found(ToOffer.first(entry));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ledger.unanswered()).containsExactly(ToOffer.first(entry));
    }

    @Test
    void givesBackEntriesInTheirOrder() throws Exception {
        List<SourceEntry> entries = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            entries.add(file("f" + i, 100_000));
            ledger.found(ToOffer.first(entries.getLast()));
        }
        ledger.next();
        ledger.next();
        assertThat(ledger.unanswered()).extracting(ToOffer::source).isEqualTo(entries);
    }

    @Test
    void goesOnWithTheNextFileWhenTheOneThatWaitedBeforeItHasEnded() throws Exception {
        Outgoing first = compared("first", 100);
        prove(first, 0, Limits.MAX_UNANSWERED_PROOFS);
        assertThat(ledger.mayProve(first, 64)).isFalse();
        Outgoing second = compared("second", 1);
        assertThat(ledger.mayProve(second, 0)).isFalse();
        assertThat(ledger.next()).isEqualTo(new Work.Flush());
        Thread stream = Thread.startVirtualThread(() -> {
            try {
                assertThat(ledger.next()).isEqualTo(new Work.Advance(second));
            } catch (TransferException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> stream.getState() == Thread.State.WAITING);
        ledger.failed(first.number(), ErrorCode.NO_SPACE);
        stream.join();
        assertThat(ledger.mayProve(second, 0)).isTrue();
    }

    @Test
    void countsNoProofOfAFileThatHasJustEnded() throws Exception {
        for (int i = 0; i < 2 * Limits.MAX_UNANSWERED_PROOFS; i++) {
            Outgoing file = compared("f" + i, 2);
            prove(file, 0, 1);
            ledger.failed(file.number(), ErrorCode.NO_SPACE);
            // The stream does not know it yet.
            assertThat(ledger.mayProve(file, 1)).isFalse();
        }
        prove(compared("last", Limits.MAX_UNANSWERED_PROOFS), 0, Limits.MAX_UNANSWERED_PROOFS);
    }

    @Test
    void takesEachChunkThatIsAskedForOnce() throws Exception {
        Outgoing file = compared("f", 100);
        prove(file, 0, 64);
        for (long chunk : LongStream.range(0, 64).toArray()) {
            ledger.same(file.number(), chunk);
        }
        prove(file, 64, 100);
        for (long chunk : LongStream.range(0, 100).toArray()) {
            ledger.send(file.number(), chunk);
        }
        for (long chunk : LongStream.range(0, 100).toArray()) {
            assertThat(ledger.next()).isEqualTo(new Work.SendAsked(file, chunk));
        }
        assertThatThrownBy(() -> ledger.send(file.number(), 3))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    }

    @Test
    void refusesToBeAskedForAChunkThatWasNotProvedYet() throws Exception {
        Outgoing file = compared("f", 10);
        prove(file, 0, 3);
        assertThatThrownBy(() -> ledger.send(file.number(), 3)).isInstanceOf(TransferException.class);
    }

    @Test
    void discardsWhatMayHaveCrossedWithItsOwnFailureAndNoMore() throws Exception {
        Outgoing file = compared("f", 3);
        prove(file, 0, 2);
        assertThat(ledger.withdraw(file)).isTrue();
        ledger.same(file.number(), 0);
        ledger.send(file.number(), 1);
        for (int i = 0; i < 5; i++) {
            ledger.send(file.number(), 0);
        }
        assertThatThrownBy(() -> ledger.send(file.number(), 0))
                .hasMessage("receiver: an answer for entry 0, which is not open");
        assertThat(ledger.failed(file.number(), ErrorCode.NO_SPACE)).isEqualTo(new InFlight.Ended.Withdrawn());
        assertThatThrownBy(() -> ledger.failed(file.number(), ErrorCode.NO_SPACE))
                .hasMessage("receiver: a final answer for entry 0, which is not open");
    }

    @Test
    void saysDoneOnceNothingMayHaveToBeOfferedAgain() throws Exception {
        Outgoing file = compared("f", 1);
        prove(file, 0, 1);
        ledger.allFound();
        ledger.ended(file, NOTHING);
        assertThat(ledger.next()).isEqualTo(new Work.Flush());
        assertThat(ledger.withdraw(file)).isTrue();
        ledger.offerAgain(file.source(), Attempts.FIRST.afterStale());
        Outgoing again = ((Work.Offer) ledger.next()).entry();
        assertThat(again.number()).isEqualTo(1);
        ledger.accepted(1);
        assertThat(ledger.next()).isEqualTo(new Work.Advance(again));
        ledger.ended(again, NOTHING);
        assertThat(ledger.next()).isEqualTo(new Work.Done(2));
    }

    @Test
    void aStreamThatIsDismissedWhileItConnectsLeavesAtOnce() throws Exception {
        ledger.spread();
        ledger.dismiss(1);
        ledger.joined(1);
        assertThat(ledger.nextErrand(1, Duration.ZERO)).isEqualTo(new Errand.Leave());
        ledger.left(1);
        ledger.forget(1);

        ledger.joined(1);
        assertThat(ledger.nextErrand(1, Duration.ZERO)).isEqualTo(new Errand.Pause());
    }
}
