package ferry.receive;

import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.random;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkDigest;
import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.wire.Frame;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are perhaps there already: proofs and their answers. */
@Timeout(30)
class ReceiveCompareTest {
    private static final byte[] CONTENT = random(2 * Chunks.SIZE + 1000, 7);

    @TempDir
    Path out;

    private SessionHost host;

    @BeforeEach
    void open() throws Exception {
        StorageOptions overwrite = new StorageOptions(
                ConflictPolicy.OVERWRITE,
                SyncPolicy.NO_FSYNC,
                StorageOptions.DEFAULT.maxFileSize(),
                StorageOptions.DEFAULT.maxTransferSize());
        host = SessionHost.into(out, overwrite, Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private ScriptedFerrySender comparing() throws Exception {
        ScriptedFerrySender sender = host.welcome().offer(0, file("f", CONTENT.length));
        assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(0, ChunkSet.all(3)));
        return sender;
    }

    private static ScriptedFerrySender chunk(ScriptedFerrySender sender, int chunk) throws Exception {
        int start = (int) Chunks.start(chunk);
        return sender.data(0, start, Arrays.copyOfRange(CONTENT, start, start + Chunks.length(chunk, CONTENT.length)));
    }

    private void change(int offset) throws Exception {
        try (RandomAccessFile there = new RandomAccessFile(out.resolve("f").toFile(), "rw")) {
            there.seek(offset);
            there.write(CONTENT[offset] + 1);
        }
    }

    @Test
    void sendsNothingOfAFileThatIsThere() throws Exception {
        Files.write(out.resolve("f"), CONTENT);
        try (ScriptedFerrySender sender = comparing()) {
            for (int chunk = 0; chunk < 3; chunk++) {
                sender.prove(0, chunk, CONTENT);
            }
            for (int chunk = 0; chunk < 3; chunk++) {
                assertThat(sender.hear(Frame.Same.class)).isEqualTo(new Frame.Same(0, chunk));
            }
            assertThat(SessionHost.inStaging(out))
                    .noneMatch(path -> path.getFileName().toString().startsWith("file-"));
            sender.end(0, CONTENT);
            assertThat(sender.hear(Frame.Receipt.class).outcome()).isEqualTo(Outcome.SAME);
            assertThat(sender.finish(1)).isEqualTo(new Frame.Finished(1, 0, 0));
        }
    }

    @Test
    void asksForTheChunksThatDiffer() throws Exception {
        Files.write(out.resolve("f"), CONTENT);
        change(Chunks.SIZE + 17);
        try (ScriptedFerrySender sender = comparing()) {
            sender.prove(0, 0, CONTENT).prove(0, 1, CONTENT).prove(0, 2, CONTENT);
            sender.hear(Frame.Same.class);
            assertThat(sender.hear(Frame.Send.class).chunk()).isEqualTo(1);
            sender.hear(Frame.Same.class);
            chunk(sender.end(0, CONTENT), 1);
            assertThat(sender.hear(Frame.Receipt.class).outcome()).isEqualTo(Outcome.PLACED);
            assertThat(sender.finish(1).bytes()).isEqualTo(Chunks.SIZE);
        }
        assertThat(out.resolve("f")).hasBinaryContent(CONTENT);
    }

    @Test
    void asksAgainForWhatChangedAfterItWasTheSame() throws Exception {
        Files.write(out.resolve("f"), CONTENT);
        try (ScriptedFerrySender sender = comparing()) {
            sender.prove(0, 0, CONTENT).prove(0, 1, CONTENT).prove(0, 2, CONTENT);
            for (int i = 0; i < 3; i++) {
                sender.hear(Frame.Same.class);
            }
            change(5);
            sender.end(0, CONTENT);
            Frame answer = sender.hearAny();
            while (answer instanceof Frame.Send(long entry, long chunk)) {
                assertThat(entry).isZero();
                chunk(sender, (int) chunk);
                answer = sender.hearAny();
            }
            assertThat(answer).isInstanceOf(Frame.Receipt.class);
            sender.finish(1);
        }
        assertThat(out.resolve("f")).hasBinaryContent(CONTENT);
    }

    @Test
    void placesNothingIfTheWholeIsNotWhatTheSenderSays() throws Exception {
        Files.write(out.resolve("f"), CONTENT);
        try (ScriptedFerrySender sender = comparing()) {
            sender.prove(0, 0, CONTENT).prove(0, 1, CONTENT).prove(0, 2, CONTENT);
            sender.say(new Frame.End(0, CONTENT.length, 1));
            for (int i = 0; i < 3; i++) {
                sender.hear(Frame.Same.class);
            }
            sender.hearFailed(ErrorCode.CORRUPT_FILE);
            sender.done(1).hearFinished(ErrorCode.CORRUPT_FILE.exitStatus());
        }
        assertThat(out.resolve("f")).hasBinaryContent(CONTENT);
    }

    @Test
    void refusesAProofThatComesTwice() throws Exception {
        Files.write(out.resolve("f"), CONTENT);
        try (ScriptedFerrySender sender = comparing()) {
            sender.prove(0, 0, CONTENT).prove(0, 0, CONTENT);
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void refusesProofsThatDoNotRise() throws Exception {
        Files.write(out.resolve("f"), random(CONTENT.length, 8));
        try (ScriptedFerrySender sender = comparing()) {
            sender.prove(0, 1, CONTENT).prove(0, 0, CONTENT);
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void refusesAProofAfterEnd() throws Exception {
        Files.write(out.resolve("f"), CONTENT);
        try (ScriptedFerrySender sender = comparing()) {
            sender.prove(0, 0, CONTENT).end(0, CONTENT).prove(0, 1, CONTENT);
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    private void sparse(String name, long size) throws Exception {
        Path sparse = Files.createFile(out.resolve(name));
        try (RandomAccessFile there = new RandomAccessFile(sparse.toFile(), "rw")) {
            there.setLength(size);
        }
    }

    private static Frame[] proofs(long number, int count) {
        Frame[] proofs = new Frame[count];
        for (int chunk = 0; chunk < count; chunk++) {
            proofs[chunk] = new Frame.Proof(number, chunk, Chunks.SIZE, ChunkDigest.of(ByteBuffer.wrap(CONTENT, 0, 1)));
        }
        return proofs;
    }

    @Test
    void refusesMoreProofsThanMayWaitForAnswers() throws Exception {
        long size = 200L * Chunks.SIZE;
        sparse("sparse", size);
        try (ScriptedFerrySender sender = host.welcome().offer(0, file("sparse", size))) {
            sender.hear(Frame.Compare.class);
            sender.say(proofs(0, 200));
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void countsTheProofsOfAllFilesTogether() throws Exception {
        long size = 50L * Chunks.SIZE;
        try (ScriptedFerrySender sender = host.welcome()) {
            for (int file = 0; file < 4; file++) {
                sparse("sparse" + file, size);
                sender.offer(file, file("sparse" + file, size)).hear(Frame.Compare.class);
            }
            for (int file = 0; file < 4; file++) {
                sender.say(proofs(file, 50));
            }
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void countsNoProofsOfFilesThatTheSenderHasEnded() throws Exception {
        long size = 50L * Chunks.SIZE;
        try (ScriptedFerrySender sender = host.welcome()) {
            for (int file = 0; file < 4; file++) {
                sparse("sparse" + file, size);
                sender.offer(file, file("sparse" + file, size)).hear(Frame.Compare.class);
            }
            for (int file = 0; file < 4; file++) {
                sender.say(proofs(file, 50)).fail(file, ErrorCode.SUPERSEDED);
            }
            sender.done(4).hearFinished(ExitStatus.DONE);
        }
    }
}
