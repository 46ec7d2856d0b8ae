package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Attributes;
import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.Totals;
import ferry.event.TransferEvent;
import ferry.event.Verification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --receipt} writes, and what {@code --verify} reads of it (docs/RECEIPTS.md). */
class ReceiptTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:51:34.123456Z");
    private static final Instant MODIFIED = Instant.parse("2001-02-03T04:05:06.123456789Z");

    private final List<TransferException> broken = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void holdsWhatBecameOfEachEntryAndWhen() throws Exception {
        write(
                Events.started(Protocol.FERRY, Direction.OUTGOING),
                new TransferEvent.Notice("not a receipt"),
                placed("photos/1.jpg"),
                new TransferEvent.Failed(Events.TRANSFER, "photos/2.jpg", ErrorCode.NO_SPACE, "no space left"),
                Events.finished(new Totals(1, 1, 5, 0, 0, 1)));

        assertThat(Files.readAllLines(file()))
                .allSatisfy(line -> assertThat(line).endsWith(",\"time\":\"2026-11-22T20:51:34.123456Z\"}"))
                .extracting(line -> line.replaceAll(".*\"event\":\"(\\w+)\".*", "$1"))
                .containsExactly("started", "entry", "failed", "finished");
    }

    @Test
    void isReadAsItWasWritten() throws Exception {
        write(placed("a\nb \u202e\ud83d\ude00"));

        assertThat(read())
                .containsExactly(new ReceiptReader.Entry(
                        "a\nb \u202e\ud83d\ude00",
                        EntryKind.FILE,
                        5,
                        OptionalInt.of(0x0a0b0c0d),
                        Optional.empty(),
                        Optional.of(MODIFIED)));
    }

    @Test
    void growsFromRunToRunAndTheLastWordOnAPathCounts() throws Exception {
        write(placed("a", 1), placed("b", 2));
        write(placed("a", 3));

        assertThat(read()).extracting(ReceiptReader.Entry::size).containsExactly(2L, 3L);
    }

    @Test
    void beginsANewLineAfterOneThatAKillHasCut() throws Exception {
        write(placed("a"), placed("b"));
        byte[] whole = Files.readAllBytes(file());
        for (int cut : new int[] {whole.length - 1, whole.length - 20, whole.length / 2 + 1}) {
            try (var channel = Files.newByteChannel(file(), StandardOpenOption.WRITE)) {
                channel.truncate(cut);
            }
            write(placed("c"));

            assertThat(read()).extracting(ReceiptReader.Entry::path).contains("a", "c");
        }
    }

    @Test
    void countsTheLinesThatAreNone() throws Exception {
        write(placed("a"));
        Files.writeString(file(), """
                {"v":1,"event":"entry","placed":"cut
                []
                {"v":1,"event":"entry","placed":"no kind","size":1}
                {"v":1,"event":"entry","placed":"x","kind":"file","size":"many"}
                {"v":1,"event":"later","placed":"what a newer version may write","more":[{"a":1}]}
                """, StandardOpenOption.APPEND);

        List<ReceiptReader.Entry> entries = new ArrayList<>();
        assertThat(new ReceiptReader(file()).forEach(entries::add)).isEqualTo(4);
        assertThat(entries).extracting(ReceiptReader.Entry::path).containsExactly("a");
    }

    @Test
    void leavesOutWhatNeverLayOnADisk() throws Exception {
        write(Events.placed(Events.file("streamed", 5), Durability.STREAMED, Verification.VERIFIED), placed("kept"));

        assertThat(read()).extracting(ReceiptReader.Entry::path).containsExactly("kept");
    }

    @Test
    void refusesAFileThatIsNoReceipt() throws Exception {
        Files.writeString(file(), "hello\n");
        assertUnusable("there is no receipt of an entry in it");
        Files.writeString(file(), "x".repeat(100_000));
        assertUnusable("there is no receipt of an entry in it");
        Files.delete(file());
        assertUnusable("no such file or directory");
    }

    @Test
    void refusesAPlaceWhereNothingCanBeWritten() {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> ReceiptWriter.open(folder.resolve("missing/receipt"), Clock.systemUTC(), broken::add))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.RECEIPT_FILE));
    }

    @Test
    void tellsOnceThatTheDiskIsFull() throws Exception {
        try (ReceiptWriter writer = ReceiptWriter.open(Path.of("/dev/full"), Clock.systemUTC(), broken::add)) {
            writer.on(placed("a"));
            writer.on(placed("b"));

            assertThat(writer.isBroken()).isTrue();
        }
        assertThat(broken)
                .extracting(TransferException::why)
                .containsExactly("the receipt cannot be written: No space left on device");
    }

    @Test
    void takesTheLinesOfRunsAtTheSameTime() throws Exception {
        try (ReceiptWriter first = open();
                ReceiptWriter second = open()) {
            first.on(placed("a"));
            second.on(placed("b"));
            first.on(placed("c"));
        }

        assertThat(read()).extracting(ReceiptReader.Entry::path).containsExactly("a", "b", "c");
    }

    @Test
    void losesOneLineToACutInsideACharacter() throws Exception {
        write(placed("a"), placed("\u00fc"));
        byte[] whole = Files.readAllBytes(file());
        int inside = new String(whole, StandardCharsets.ISO_8859_1).lastIndexOf('\u00c3') + 1;
        try (var channel = Files.newByteChannel(file(), StandardOpenOption.WRITE)) {
            channel.truncate(inside);
        }
        write(placed("b"));

        assertThat(read()).extracting(ReceiptReader.Entry::path).containsExactly("a", "b");
    }

    @Test
    void refusesWhatCannotBeReadTwice() throws Exception {
        Path pipe = folder.resolve("pipe");
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();

        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> new ReceiptReader(pipe).forEach(entry -> {}))
                .satisfies(e -> assertThat(e.why()).isEqualTo("expected a file, which can be read twice"));
    }

    private void assertUnusable(String why) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(this::read)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.RECEIPT_FILE))
                .satisfies(e -> assertThat(e.why()).isEqualTo(why));
    }

    private void write(TransferEvent... events) throws TransferException {
        try (ReceiptWriter writer = open()) {
            for (TransferEvent event : events) {
                writer.on(event);
            }
        }
        assertThat(broken).isEmpty();
    }

    private ReceiptWriter open() throws TransferException {
        return ReceiptWriter.open(file(), Clock.fixed(NOW, ZoneOffset.UTC), broken::add);
    }

    private List<ReceiptReader.Entry> read() throws TransferException, InterruptedException {
        List<ReceiptReader.Entry> entries = new ArrayList<>();
        new ReceiptReader(file()).forEach(entries::add);
        return entries;
    }

    private Path file() {
        return folder.resolve("receipt");
    }

    private static TransferEvent.Completed placed(String path) {
        return placed(path, 5);
    }

    private static TransferEvent.Completed placed(String path, long size) {
        return Events.placed(new Entry.File(
                Events.path(path), OptionalLong.of(size), new Attributes(Optional.of(MODIFIED), OptionalInt.empty())));
    }
}
