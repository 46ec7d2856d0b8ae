package ferry.receive;

import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.random;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.ChunkSet.Range;
import ferry.entry.Chunks;
import ferry.entry.Outcome;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** What tests need of transfers that break, and go on with what was kept: a file of three chunks and a bit. */
abstract class BrokenTransfers {
    static final OwnerId OWNER = new OwnerId(1, 2);
    static final int LAST = 3;
    static final byte[] CONTENT = random(LAST * Chunks.SIZE + 1000, 11);

    @TempDir
    Path out;

    SessionHost host() throws Exception {
        return host(ConflictPolicy.RENAME);
    }

    SessionHost host(ConflictPolicy policy) throws Exception {
        return SessionHost.into(
                out,
                new StorageOptions(policy, SyncPolicy.NO_FSYNC, OptionalLong.empty(), OptionalLong.empty()),
                StagingOptions.DEFAULT);
    }

    static ScriptedFerrySender send(ScriptedFerrySender sender, byte[] content, int... chunks) throws Exception {
        for (int chunk : chunks) {
            int start = (int) Chunks.start(chunk);
            int length = Chunks.length(chunk, content.length);
            sender.data(0, start, Arrays.copyOfRange(content, start, start + length));
        }
        return sender;
    }

    /** A transfer of "f" that sends some chunks, and the beginning of the next one, and is cut off. */
    static void breakOff(SessionHost host, OwnerId owner, int... chunks) throws Exception {
        try (ScriptedFerrySender sender = host.welcome(owner).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            send(sender, CONTENT, chunks);
            long next = Chunks.start(chunks[chunks.length - 1] + 1);
            if (next < CONTENT.length) {
                sender.data(0, next, Arrays.copyOfRange(CONTENT, (int) next, (int) next + 500));
            }
            sender.leave();
            assertThat(sender.status()).isPresent();
        }
    }

    static ChunkSet set(Range... ranges) throws Exception {
        return ChunkSet.of(List.of(ranges));
    }

    static ScriptedFerrySender compare(SessionHost host, byte[] content, ChunkSet expected) throws Exception {
        ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", content.length));
        assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(0, expected));
        return sender;
    }

    static ScriptedFerrySender prove(ScriptedFerrySender sender, byte[] content, int... chunks) throws Exception {
        for (int chunk : chunks) {
            sender.prove(0, chunk, content);
            assertThat(sender.hear(Frame.Same.class).chunk()).isEqualTo(chunk);
        }
        return sender;
    }

    static void differs(ScriptedFerrySender sender, byte[] content, int chunk) throws Exception {
        sender.prove(0, chunk, content);
        assertThat(sender.hear(Frame.Send.class).chunk()).isEqualTo(chunk);
        send(sender, content, chunk);
    }

    /** Ends the file and the transfer; it must have moved so many bytes. */
    void finish(ScriptedFerrySender sender, byte[] content, long moved) throws Exception {
        sender.end(0, content);
        assertThat(sender.hear(Frame.Receipt.class).outcome()).isEqualTo(Outcome.PLACED);
        assertThat(sender.finish(1).bytes()).isEqualTo(moved);
        sender.close();
        assertThat(out.resolve("f")).hasBinaryContent(content);
        assertNothingIsKept();
    }

    List<Path> kept() throws Exception {
        try (Stream<Path> paths = Files.walk(out.resolve(".ferry"))) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.endsWith("lock"))
                    .sorted()
                    .toList();
        }
    }

    void assertNothingIsKept() throws Exception {
        assertThat(kept()).isEmpty();
    }

    Path content() throws Exception {
        return kept().stream()
                .filter(path -> path.endsWith("content"))
                .findFirst()
                .orElseThrow();
    }

    Path journal() throws Exception {
        return kept().stream()
                .filter(path -> path.endsWith("journal"))
                .findFirst()
                .orElseThrow();
    }

    static void change(Path file, long offset) throws Exception {
        try (RandomAccessFile there = new RandomAccessFile(file.toFile(), "rw")) {
            there.seek(offset);
            int old = there.read();
            there.seek(offset);
            there.write(old + 1);
        }
    }
}
