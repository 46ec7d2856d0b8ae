package ferry.receive;

import static ferry.receive.TestDisk.file;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.ChunkSet.Range;
import ferry.entry.Chunks;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.wire.Frame;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transfers that break, and how the next one of the same owner goes on. */
@Timeout(60)
class ResumeTest extends BrokenTransfers {
    @Test
    void goesOnWhereAConnectionWasLost() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            assertThat(kept()).hasSize(2);
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(2));
            send(prove(sender, CONTENT, 0, 1), CONTENT, 2, 3);
            finish(sender, CONTENT, CONTENT.length - 2L * Chunks.SIZE);
        }
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    @Test
    void goesOnAfterSeveralBreaks() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 1);
            try (ScriptedFerrySender sender = compare(host, CONTENT, set(new Range(1, 1)))) {
                send(prove(sender, CONTENT, 1), CONTENT, 3).leave();
                assertThat(sender.status()).isPresent();
            }
            ScriptedFerrySender sender = compare(host, CONTENT, set(new Range(1, 1), new Range(3, 1)));
            send(prove(sender, CONTENT, 1, 3), CONTENT, 0, 2);
            finish(sender, CONTENT, 2L * Chunks.SIZE);
        }
    }

    @Test
    void goesOnWithWhatAReceiverThatWasStoppedHasKept() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0);
        }
        assertThat(kept()).hasSize(2);
        try (SessionHost host = host()) {
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(1));
            send(prove(sender, CONTENT, 0), CONTENT, 1, 2, 3);
            finish(sender, CONTENT, CONTENT.length - (long) Chunks.SIZE);
        }
    }

    @Test
    void goesOnWithWhatAReceiverHasKeptThatDiedWhileThisOneRan() throws Exception {
        try (SessionHost second = host()) {
            try (SessionHost first = host()) {
                breakOff(first, OWNER, 0, 1, 2);
            }
            ScriptedFerrySender sender = compare(second, CONTENT, ChunkSet.all(3));
            send(prove(sender, CONTENT, 0, 1, 2), CONTENT, 3);
            finish(sender, CONTENT, 1000);
        }
    }

    /** With all of the three chunks that were kept but the second. */
    private void goOnWithoutTheSecondChunk(SessionHost host, byte[] content) throws Exception {
        ScriptedFerrySender sender = compare(host, content, ChunkSet.all(3));
        prove(sender, content, 0);
        differs(sender, content, 1);
        send(prove(sender, content, 2), content, 3);
        finish(sender, content, Chunks.SIZE + 1000L);
    }

    @Test
    void asksForChunksThatAreDamagedInStaging() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            change(content(), Chunks.SIZE + 5);
            goOnWithoutTheSecondChunk(host, CONTENT);
        }
    }

    @Test
    void asksForNothingThatIsNotOnTheDiskWhateverTheJournalSays() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            try (RandomAccessFile staged = new RandomAccessFile(content().toFile(), "rw")) {
                staged.setLength(2L * Chunks.SIZE - 1);
            }
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(1));
            send(prove(sender, CONTENT, 0), CONTENT, 1, 2, 3);
            finish(sender, CONTENT, CONTENT.length - (long) Chunks.SIZE);
        }
    }

    @Test
    void takesNoHoleForWhatTheJournalSays() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            try (RandomAccessFile staged = new RandomAccessFile(content().toFile(), "rw")) {
                staged.setLength(Chunks.SIZE);
                staged.setLength(3L * Chunks.SIZE);
            }
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(3));
            prove(sender, CONTENT, 0);
            differs(sender, CONTENT, 1);
            differs(sender, CONTENT, 2);
            send(sender, CONTENT, 3);
            finish(sender, CONTENT, CONTENT.length - (long) Chunks.SIZE);
        }
    }

    @Test
    void goesOnWithTheChunksThatAreLeftOfAJournal() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            try (RandomAccessFile records = new RandomAccessFile(journal().toFile(), "rw")) {
                records.setLength(records.length() - 13);
            }
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(1));
            send(prove(sender, CONTENT, 0), CONTENT, 1, 2, 3);
            finish(sender, CONTENT, CONTENT.length - (long) Chunks.SIZE);
        }
    }

    @Test
    void beginsAnewWithoutAJournal() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            Files.write(journal(), new byte[7]);
            try (ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
                sender.hear(Frame.Accept.class);
                send(sender, CONTENT, 0, 1, 2, 3);
                finish(sender, CONTENT, CONTENT.length);
            }
        }
    }

    @Test
    void movesOnlyTheChunksThatDifferOfASourceThatHasChanged() throws Exception {
        byte[] changed = CONTENT.clone();
        changed[Chunks.SIZE + 77]++;
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            goOnWithoutTheSecondChunk(host, changed);
        }
    }

    @Test
    void goesOnWithASourceThatHasGrown() throws Exception {
        byte[] grown = Arrays.copyOf(CONTENT, CONTENT.length + 2 * Chunks.SIZE);
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2, 3);
            // The last chunk is a longer one now.
            ScriptedFerrySender sender = compare(host, grown, ChunkSet.all(3));
            send(prove(sender, grown, 0, 1, 2), grown, 3, 4, 5);
            finish(sender, grown, 2L * Chunks.SIZE + 1000);
        }
    }

    @Test
    void goesOnWithASourceThatHasShrunk() throws Exception {
        byte[] shrunk = Arrays.copyOf(CONTENT, Chunks.SIZE + 5);
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            ScriptedFerrySender sender = compare(host, shrunk, ChunkSet.all(2));
            prove(sender, shrunk, 0, 1);
            finish(sender, shrunk, 0);
        }
    }

    @Test
    void goesOnWhileAnotherTransferOfTheSameFileEnds() throws Exception {
        try (SessionHost host = host()) {
            ScriptedFerrySender first = host.welcome(OWNER).offer(0, file("f", CONTENT.length));
            first.hear(Frame.Accept.class);
            try (ScriptedFerrySender second = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
                second.hear(Frame.Accept.class);
                send(second, CONTENT, 0, 1, 2, 3).end(0, CONTENT);
                second.hear(Frame.Receipt.class);
                second.finish(1);
            }
            send(first, CONTENT, 0, 1, 2, 3).end(0, CONTENT);
            assertThat(first.hear(Frame.Receipt.class).outcome()).isEqualTo(Outcome.SAME);
            first.finish(1);
            first.close();
            assertNothingIsKept();
        }
    }

    @Test
    void refusesAProofThatWasNotAskedFor() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(2))) {
                sender.prove(0, 2, CONTENT);
                sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
                assertThat(sender.status()).contains(ExitStatus.PROTOCOL);
            }
            assertThat(kept()).hasSize(2);
        }
    }

    @Test
    void goesOnWithAFileThatTheSenderOffersAgainBecauseItChanged() throws Exception {
        byte[] changed = CONTENT.clone();
        changed[3 * Chunks.SIZE]++;
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            send(sender, CONTENT, 0, 1, 2, 3).fail(0, ErrorCode.SUPERSEDED);
            sender.offer(1, file("f", CONTENT.length));
            assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(1, ChunkSet.all(4)));
            for (int chunk = 0; chunk < 3; chunk++) {
                sender.prove(1, chunk, changed);
                sender.hear(Frame.Same.class);
            }
            sender.prove(1, 3, changed);
            sender.hear(Frame.Send.class);
            sender.data(1, 3L * Chunks.SIZE, Arrays.copyOfRange(changed, 3 * Chunks.SIZE, changed.length));
            sender.end(1, changed);
            sender.hear(Frame.Receipt.class);
            sender.done(2).hearFinished(ExitStatus.DONE);
            assertThat(out.resolve("f")).hasBinaryContent(changed);
        }
    }
}
