package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.fileOfUnknownSize;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.Chunks;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of entries that a proper sender offers. */
@Timeout(30)
class ReceiveSessionTest {
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
    void receivesASmallFileThatComesWithItsOffer() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.eager(0, "greeting", "hello");
            assertThat(sender.hearReceipt())
                    .isEqualTo(new Frame.Receipt(
                            0,
                            EntryKind.FILE,
                            Outcome.PLACED,
                            Durability.DURABLE,
                            5,
                            ScriptedFerrySender.crc("hello".getBytes(UTF_8)),
                            "greeting"));
            assertThat(sender.finish(1)).isEqualTo(new Frame.Finished(1, 0, 5));
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("greeting", "hello"));
        assertThat(host.events(TransferEvent.Completed.class)).hasSize(1);
    }

    @Test
    void receivesAllFromASenderThatReadsNothingBeforeItIsDone() throws Exception {
        try (ScriptedFerrySender sender = host.connect().hello()) {
            sender.offer(0, directory("d", 0750)).eager(1, "d/a", "1").eager(2, "b", "22");
            sender.done(3);
            sender.hear(Frame.Welcome.class);
            assertThat(sender.hearFinished(ExitStatus.DONE)).isEqualTo(new Frame.Finished(3, 0, 3));
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("d", "/", "d/a", "1", "b", "22"));
    }

    @Test
    void receivesAnEmptyFileWithoutData() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("empty", 0)).end(0, new byte[0]);
            assertThat(sender.hearReceipt().crc()).isZero();
            assertThat(sender.finish(1)).isEqualTo(new Frame.Finished(1, 0, 0));
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("empty", ""));
    }

    @Test
    void endsATransferOfNothing() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            assertThat(sender.finish(0)).isEqualTo(new Frame.Finished(0, 0, 0));
        }
        assertThat(TestDisk.tree(out)).isEmpty();
    }

    @Test
    void acceptsALargeFileAndTakesItsChunksInAnyOrder() throws Exception {
        byte[] content = random(2 * Chunks.SIZE + 12_345, 1);
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("large", content.length));
            sender.hear(Frame.Accept.class);
            for (long chunk : new long[] {2, 0, 1}) {
                int start = (int) Chunks.start(chunk);
                int end = start + Chunks.length(chunk, content.length);
                sender.data(0, start, Arrays.copyOfRange(content, start, end));
            }
            sender.end(0, content);
            assertThat(sender.hear(Frame.Receipt.class).crc()).isEqualTo(ScriptedFerrySender.crc(content));
            assertThat(sender.finish(1).bytes()).isEqualTo(content.length);
        }
        assertThat(out.resolve("large")).hasBinaryContent(content);
    }

    @Test
    void takesAFileOfUnknownSizeInOrder() throws Exception {
        byte[] content = random(3 << 20, 2);
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, fileOfUnknownSize("stream"));
            sender.hear(Frame.AcceptInOrder.class);
            sender.data(0, 0, content).end(0, content);
            assertThat(sender.hear(Frame.Receipt.class).size()).isEqualTo(content.length);
            sender.finish(1);
        }
        assertThat(out.resolve("stream")).hasBinaryContent(content);
    }

    @Test
    void takesAChunkAgainFromItsStart() throws Exception {
        byte[] content = random(3 << 20, 3);
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("again", content.length));
            sender.hear(Frame.Accept.class);
            sender.data(0, 0, Arrays.copyOf(content, 1 << 20)).data(0, 0, content);
            sender.end(0, content);
            sender.hear(Frame.Receipt.class);
            assertThat(sender.finish(1).bytes()).isEqualTo((3 << 20) + (1 << 20));
        }
        assertThat(out.resolve("again")).hasBinaryContent(content);
    }

    @Test
    void storesDirectoriesAndLinksAndSettlesThemWhenAllIsDone() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, directory("d", 0500)).offer(1, link("d/l", "f"));
            sender.eager(2, "d/f", "content");
            Set<Long> stored = new TreeSet<>();
            stored.add(hearStoredOrReceipt(sender));
            stored.add(hearStoredOrReceipt(sender));
            stored.add(hearStoredOrReceipt(sender));
            assertThat(stored).containsExactly(0L, 1L, 2L);
            assertThat(out.resolve("d/l")).doesNotExist();
            sender.done(3);
            assertThat(sender.hear(Frame.Receipt.class).kind()).isEqualTo(EntryKind.LINK);
            assertThat(sender.hear(Frame.Receipt.class).kind()).isEqualTo(EntryKind.DIRECTORY);
            assertThat(sender.hearFinished(ExitStatus.DONE)).isEqualTo(new Frame.Finished(3, 0, 7));
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("d", "/", "d/f", "content", "d/l", "-> f"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("d"))))
                .isEqualTo("r-x------");
    }

    private static long hearStoredOrReceipt(ScriptedFerrySender sender) throws Exception {
        return switch (sender.hearAny()) {
            case Frame.Stored(long entry) -> entry;
            case Frame.Receipt receipt -> receipt.entry();
            case Frame.Accept _ -> hearStoredOrReceipt(sender);
            case Frame other -> throw new AssertionError("heard " + other.describe());
        };
    }

    @Test
    void refusesWhatItDoesNotWantAndGoesOn() throws Exception {
        Files.createDirectory(out.resolve("taken"));
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.say(new Frame.Offer(0, EntryKind.DIRECTORY, OptionalLong.empty(), Attributes.NONE, "../up", ""));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NAME_REFUSED);
            sender.eager(1, "taken", "a file");
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.KIND_CONFLICT);
            sender.eager(2, "welcome", "w");
            sender.hearReceipt();
            sender.done(3);
            assertThat(sender.hearFinished(ExitStatus.PARTIAL).failures()).isEqualTo(2);
        }
        assertThat(host.events(TransferEvent.Failed.class)).hasSize(2);
    }

    @Test
    void countsAllDataEvenOfEntriesThatHaveEnded() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("withdrawn", 5)).fail(0, ErrorCode.SOURCE_CHANGED);
            sender.eager(1, "next", "12");
            sender.hearReceipt();
            sender.data(0, 0, new byte[5]);
            sender.eager(2, "last", "345");
            sender.hearReceipt();
            sender.done(3);
            assertThat(sender.hearFinished(ExitStatus.PARTIAL)).isEqualTo(new Frame.Finished(2, 0, 10));
        }
    }

    @Test
    void offersAgainWhatWasSuperseded() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("changing", 3)).data(0, 0, "old".getBytes(UTF_8));
            sender.fail(0, ErrorCode.SUPERSEDED).eager(1, "changing", "newer");
            assertThat(sender.hearReceipt().entry()).isEqualTo(1);
            assertThat(sender.finish(2)).isEqualTo(new Frame.Finished(1, 0, 8));
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("changing", "newer"));
        assertThat(host.events(TransferEvent.Failed.class)).isEmpty();
    }

    @Test
    void servesTwoSendersOfTheSameNameAtOnce() throws Exception {
        byte[] one = random(200_000, 4);
        byte[] other = random(200_000, 5);
        try (ScriptedFerrySender first = host.welcome();
                ScriptedFerrySender second = host.welcome()) {
            first.offer(0, file("same", one.length));
            second.offer(0, file("same", other.length));
            first.hear(Frame.Accept.class);
            second.hear(Frame.Accept.class);
            first.data(0, 0, one);
            second.data(0, 0, other).end(0, other);
            assertThat(second.hear(Frame.Receipt.class).path()).isEqualTo("same");
            first.end(0, one);
            assertThat(first.hear(Frame.Receipt.class).path()).isEqualTo("same (1)");
            first.finish(1);
            second.finish(1);
        }
        assertThat(out.resolve("same")).hasBinaryContent(other);
        assertThat(out.resolve("same (1)")).hasBinaryContent(one);
    }
}
