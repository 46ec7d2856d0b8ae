package ferry.receive;

import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ferry.entry.ChunkSet;
import ferry.entry.ChunkSet.Range;
import ferry.entry.Chunks;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers that break, and what the next one of the same owner finds. */
@Timeout(60)
class ResumeTest {
    private static final OwnerId OWNER = new OwnerId(1, 2);
    private static final int LAST = 3;
    private static final byte[] CONTENT = random(LAST * Chunks.SIZE + 1000, 11);

    @TempDir
    Path out;

    private SessionHost host() throws Exception {
        return host(ConflictPolicy.RENAME);
    }

    private SessionHost host(ConflictPolicy policy) throws Exception {
        return SessionHost.into(
                out,
                new StorageOptions(policy, SyncPolicy.NO_FSYNC, OptionalLong.empty(), OptionalLong.empty()),
                StagingOptions.DEFAULT);
    }

    private static ScriptedFerrySender send(ScriptedFerrySender sender, byte[] content, int... chunks)
            throws Exception {
        for (int chunk : chunks) {
            int start = (int) Chunks.start(chunk);
            int length = Chunks.length(chunk, content.length);
            sender.data(0, start, Arrays.copyOfRange(content, start, start + length));
        }
        return sender;
    }

    /** A transfer of "f" that sends some chunks, and the beginning of the next one, and is cut off. */
    private static void breakOff(SessionHost host, OwnerId owner, int... chunks) throws Exception {
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

    private static ChunkSet set(Range... ranges) throws Exception {
        return ChunkSet.of(List.of(ranges));
    }

    private static ScriptedFerrySender compare(SessionHost host, byte[] content, ChunkSet expected) throws Exception {
        ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", content.length));
        assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(0, expected));
        return sender;
    }

    private static ScriptedFerrySender prove(ScriptedFerrySender sender, byte[] content, int... chunks)
            throws Exception {
        for (int chunk : chunks) {
            sender.prove(0, chunk, content);
            assertThat(sender.hear(Frame.Same.class).chunk()).isEqualTo(chunk);
        }
        return sender;
    }

    private static void differs(ScriptedFerrySender sender, byte[] content, int chunk) throws Exception {
        sender.prove(0, chunk, content);
        assertThat(sender.hear(Frame.Send.class).chunk()).isEqualTo(chunk);
        send(sender, content, chunk);
    }

    /** Ends the file and the transfer; it must have moved so many bytes. */
    private void finish(ScriptedFerrySender sender, byte[] content, long moved) throws Exception {
        sender.end(0, content);
        assertThat(sender.hear(Frame.Receipt.class).outcome()).isEqualTo(Outcome.PLACED);
        assertThat(sender.finish(1).bytes()).isEqualTo(moved);
        sender.close();
        assertThat(out.resolve("f")).hasBinaryContent(content);
        assertNothingIsKept();
    }

    private List<Path> kept() throws Exception {
        try (Stream<Path> paths = Files.walk(out.resolve(".ferry"))) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.endsWith("lock"))
                    .sorted()
                    .toList();
        }
    }

    private void assertNothingIsKept() throws Exception {
        assertThat(kept()).isEmpty();
    }

    private Path content() throws Exception {
        return kept().stream()
                .filter(path -> path.endsWith("content"))
                .findFirst()
                .orElseThrow();
    }

    private Path journal() throws Exception {
        return kept().stream()
                .filter(path -> path.endsWith("journal"))
                .findFirst()
                .orElseThrow();
    }

    private static void change(Path file, long offset) throws Exception {
        try (RandomAccessFile there = new RandomAccessFile(file.toFile(), "rw")) {
            there.seek(offset);
            int old = there.read();
            there.seek(offset);
            there.write(old + 1);
        }
    }

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

    @Test
    void asksForChunksThatAreDamagedInStaging() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2);
            change(content(), Chunks.SIZE + 5);
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(3));
            prove(sender, CONTENT, 0);
            differs(sender, CONTENT, 1);
            send(prove(sender, CONTENT, 2), CONTENT, 3);
            finish(sender, CONTENT, Chunks.SIZE + 1000L);
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
            ScriptedFerrySender sender = compare(host, changed, ChunkSet.all(3));
            prove(sender, changed, 0);
            differs(sender, changed, 1);
            send(prove(sender, changed, 2), changed, 3);
            finish(sender, changed, Chunks.SIZE + 1000L);
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
    void keepsNothingWithoutAnOwner() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OwnerId.NONE, 0, 1);
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingForAnotherOwner() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender other = host.welcome(new OwnerId(3, 4)).offer(0, file("f", CONTENT.length))) {
                other.hear(Frame.Accept.class);
                other.leave();
                assertThat(other.status()).isPresent();
            }
            assertThat(kept()).hasSize(2);
        }
    }

    @Test
    void keepsNothingIfNoChunkIsWhole() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            sender.data(0, 0, Arrays.copyOf(CONTENT, 500)).leave();
            assertThat(sender.status()).isPresent();
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingOfAFileWhoseSourceIsGone() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            send(sender, CONTENT, 0).fail(0, ErrorCode.SOURCE_VANISHED);
            sender.done(1).hearFinished(ErrorCode.SOURCE_VANISHED.exitStatus());
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingThatIsCorrupt() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
            send(sender, CONTENT, 0, 1, 2, 3).say(new Frame.End(0, CONTENT.length, 1));
            sender.hearFailed(ErrorCode.CORRUPT_FILE);
            sender.done(1).hearFinished(ErrorCode.CORRUPT_FILE.exitStatus());
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingIfItIsToldTo() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        StagingOptions nothing = new StagingOptions(Duration.ZERO, OptionalLong.empty());
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, nothing)) {
            assertNothingIsKept();
            breakOff(host, OWNER, 0, 1);
            assertNothingIsKept();
        }
    }

    @Test
    void removesWhatNobodyHasComeBackFor() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        Files.setLastModifiedTime(journal(), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        host().close();
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    /** As one user's receiver leaves it to that of another, who could go on writing to it. */
    @ParameterizedTest
    @ValueSource(strings = {"content", "journal", "key", "folder"})
    void goesOnWithNothingThatIsSomebodyElses(String part) throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        Path key = content().resolve("..").normalize();
        Path theirs = switch (part) {
            case "content" -> content();
            case "journal" -> journal();
            case "key" -> key;
            default -> key.resolve("../..").normalize();
        };
        assumeTrue(isGivenAway(theirs), "only root may give files away");
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
        }
    }

    private static boolean isGivenAway(Path path) {
        try {
            Files.setAttribute(path, "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void goesOnWithNothingThatALinkLeadsTo(@TempDir Path elsewhere) throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
        }
        Path partials = content().resolve("../..").normalize();
        Path moved = Files.move(partials, elsewhere.resolve("partial"));
        Files.createSymbolicLink(partials, moved);
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
        }
        assertThat(moved).isNotEmptyDirectory();
    }

    @Test
    void givesTheStagingOfALiveTransferToNobodyElse() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            ScriptedFerrySender first = compare(host, CONTENT, ChunkSet.all(2));
            try (ScriptedFerrySender second = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
                second.hear(Frame.Accept.class);
                send(second, CONTENT, 0).leave();
                assertThat(second.status()).isPresent();
            }
            assertThat(kept()).as("of the first alone").hasSize(2);
            send(prove(first, CONTENT, 0, 1), CONTENT, 2, 3);
            finish(first, CONTENT, CONTENT.length - 2L * Chunks.SIZE);
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
    void keepsNothingOfAFileThatHasBecomeSmall() throws Exception {
        byte[] small = "small".getBytes(UTF_8);
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", small.length))) {
                sender.hear(Frame.Accept.class);
                sender.data(0, 0, small).end(0, small).hear(Frame.Receipt.class);
                sender.finish(1);
            }
            assertNothingIsKept();
        }
    }

    @Test
    void keepsNothingOfAFileThatAnotherTransferHasBrought() throws Exception {
        try (SessionHost host = host()) {
            ScriptedFerrySender first = host.welcome(OWNER).offer(0, file("f", CONTENT.length));
            first.hear(Frame.Accept.class);
            try (ScriptedFerrySender second = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
                second.hear(Frame.Accept.class);
                send(first, CONTENT, 0).leave();
                assertThat(first.status()).isPresent();
                first.close();
                assertThat(kept()).hasSize(2);
                send(second, CONTENT, 0, 1, 2, 3).end(0, CONTENT);
                second.hear(Frame.Receipt.class);
                second.finish(1);
            }
            assertNothingIsKept();
        }
    }

    @Test
    void neverWritesIntoAFileThatHasBeenPlaced() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1, 2, 3);
            // As a receiver leaves it that dies between placing the file and removing its staged name.
            Files.createLink(out.resolve("f"), content());
            byte[] changed = CONTENT.clone();
            changed[5]++;
            ScriptedFerrySender sender = compare(host, changed, ChunkSet.all(4));
            differs(sender, changed, 0);
            prove(sender, changed, 1, 2, 3).end(0, changed);
            assertThat(sender.hear(Frame.Receipt.class).path()).isEqualTo("f (1)");
            sender.finish(1);
            sender.close();
            assertThat(out.resolve("f")).hasBinaryContent(CONTENT);
            assertThat(out.resolve("f (1)")).hasBinaryContent(changed);
            assertNothingIsKept();
        }
    }

    @Test
    void updatesAFileWithTheChunksOfStagingAndThoseOfTheOldOne() throws Exception {
        byte[] old = CONTENT.clone();
        old[3]++;
        old[2 * Chunks.SIZE + 3]++;
        Files.write(out.resolve("f"), old);
        try (SessionHost host = host(ConflictPolicy.OVERWRITE)) {
            ScriptedFerrySender broken = compare(host, CONTENT, ChunkSet.all(4));
            differs(broken, CONTENT, 0);
            prove(broken, CONTENT, 1).leave();
            assertThat(broken.status()).isPresent();
            broken.close();
            assertThat(out.resolve("f")).as("until the other is whole").hasBinaryContent(old);

            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(4));
            prove(sender, CONTENT, 0, 1);
            differs(sender, CONTENT, 2);
            prove(sender, CONTENT, 3);
            finish(sender, CONTENT, Chunks.SIZE);
        }
    }

    @Test
    void updatesAFileThatWasShorter() throws Exception {
        Files.write(out.resolve("f"), Arrays.copyOf(CONTENT, 2 * Chunks.SIZE + 10));
        try (SessionHost host = host(ConflictPolicy.OVERWRITE)) {
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(2));
            send(prove(sender, CONTENT, 0, 1), CONTENT, 2, 3);
            finish(sender, CONTENT, Chunks.SIZE + 1000L);
        }
    }

    @Test
    void updatesAFileThatWasLonger() throws Exception {
        Files.write(out.resolve("f"), Arrays.copyOf(CONTENT, 5 * Chunks.SIZE));
        try (SessionHost host = host(ConflictPolicy.OVERWRITE)) {
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(4));
            prove(sender, CONTENT, 0, 1, 2, 3);
            finish(sender, CONTENT, 0);
        }
    }

    @Test
    void comparesWithNoFileOfAnotherSizeThatIsToStay() throws Exception {
        Files.write(out.resolve("f"), Arrays.copyOf(CONTENT, 2 * Chunks.SIZE));
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcome(OWNER).offer(0, file("f", CONTENT.length))) {
            sender.hear(Frame.Accept.class);
        }
    }

    @Test
    void isDoneIfTheFileIsThereThoughStagingHasAPartOfIt() throws Exception {
        try (SessionHost host = host()) {
            breakOff(host, OWNER, 0, 1);
            Files.write(out.resolve("f"), CONTENT);
            try (ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(4))) {
                prove(sender, CONTENT, 0, 1, 2, 3).end(0, CONTENT);
                assertThat(sender.hear(Frame.Receipt.class).outcome()).isEqualTo(Outcome.SAME);
                sender.finish(1);
            }
            assertNothingIsKept();
        }
    }

    @Test
    void removesTheOldestThatIsKeptWhenBytesNeedItsRoom() throws Exception {
        StagingOptions small = new StagingOptions(Duration.ofDays(1), OptionalLong.of(CONTENT.length + Chunks.SIZE));
        OwnerId other = new OwnerId(3, 4);
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, small)) {
            breakOff(host, OWNER, 0, 1);
            breakOff(host, other, 0);
            assertThat(kept()).as("there is room for both").hasSize(4);
            ScriptedFerrySender sender = host.welcome(other).offer(0, file("f", CONTENT.length));
            assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(0, ChunkSet.all(1)));
            sender.offer(1, file("g", Chunks.SIZE));
            assertThat(sender.hear(Frame.Accept.class).entry()).isOne();
            sender.offer(2, file("h", 1));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NO_SPACE);
            assertThat(kept()).as("nothing of those files has come").hasSize(4);
            send(prove(sender, CONTENT, 0), CONTENT, 1, 2, 3).end(0, CONTENT);
            sender.hear(Frame.Receipt.class);
            sender.close();
            assertNothingIsKept();
        }
    }

    @Test
    void aHugeOfferWithoutContentCostsNobodyWhatIsKept() throws Exception {
        StagingOptions small = new StagingOptions(Duration.ofDays(1), OptionalLong.of(CONTENT.length));
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, small)) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender huge = host.welcome(new OwnerId(3, 4)).offer(0, file("huge", CONTENT.length))) {
                huge.hear(Frame.Accept.class);
                huge.leave();
                assertThat(huge.status()).isPresent();
            }
            ScriptedFerrySender sender = compare(host, CONTENT, ChunkSet.all(2));
            send(prove(sender, CONTENT, 0, 1), CONTENT, 2, 3);
            finish(sender, CONTENT, CONTENT.length - 2L * Chunks.SIZE);
        }
    }

    @Test
    void whoHasNoOwnerIsRefusedRatherThanGivenTheRoomOfWhatIsKept() throws Exception {
        StagingOptions small = new StagingOptions(Duration.ofDays(1), OptionalLong.of(CONTENT.length));
        try (SessionHost host = SessionHost.into(out, StorageOptions.DEFAULT, small)) {
            breakOff(host, OWNER, 0, 1);
            try (ScriptedFerrySender unknown = host.welcome(OwnerId.NONE).offer(0, file("huge", CONTENT.length))) {
                assertThat(unknown.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NO_SPACE);
                unknown.offer(1, file("small", 1));
                unknown.hear(Frame.Accept.class);
            }
            assertThat(kept()).hasSize(2);
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
