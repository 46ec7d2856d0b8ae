package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.random;
import static ferry.receive.TestDisk.tree;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Durability;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import ferry.wire.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trees that appear at once, or not at all: docs/PROTOCOL.md, section 6.1. */
@Timeout(60)
class ReceiveAtomicTest {
    private static final OwnerId OWNER = new OwnerId(1, 2);
    private static final byte[] LARGE = random(2 * Chunks.SIZE + 1000, 11);

    @TempDir
    Path out;

    private SessionHost host() throws Exception {
        return host(ConflictPolicy.RENAME, StagingOptions.DEFAULT);
    }

    private SessionHost host(ConflictPolicy policy, StagingOptions staging) throws Exception {
        return SessionHost.into(
                out, new StorageOptions(policy, SyncPolicy.FSYNC, OptionalLong.empty(), OptionalLong.empty()), staging);
    }

    /** Reads on until so many entries are stored. */
    private static void hearStored(ScriptedFerrySender sender, int count) throws Exception {
        for (int heard = 0; heard < count; ) {
            switch (sender.hearAny()) {
                case Frame.Stored _ -> heard++;
                case Frame.Accept _ -> {}
                case Frame other -> throw new AssertionError(other.describe());
            }
        }
    }

    /** Offers a small tree of five entries, which are all stored. */
    private static ScriptedFerrySender offerAll(ScriptedFerrySender sender) throws Exception {
        sender.offer(0, directory("site", 0750))
                .eager(1, "site/a", "A")
                .offer(2, directory("site/sub", 0755))
                .eager(3, "site/sub/b", "B")
                .offer(4, link("site/l", "sub/b"));
        hearStored(sender, 5);
        return sender;
    }

    private static final Map<String, String> ALL =
            Map.of("site", "/", "site/a", "A", "site/sub", "/", "site/sub/b", "B", "site/l", "-> sub/b");

    /** DONE, and the receipts for it, which all say the same. */
    private static void finish(ScriptedFerrySender sender, int entries, Outcome outcome) throws Exception {
        sender.done(entries);
        Map<Long, Frame.Receipt> receipts = new HashMap<>();
        for (int i = 0; i < entries; i++) {
            Frame.Receipt receipt = sender.hear(Frame.Receipt.class);
            assertThat(receipt.outcome()).isEqualTo(outcome);
            assertThat(receipt.durability()).isEqualTo(Durability.DURABLE);
            receipts.put(receipt.entry(), receipt);
        }
        assertThat(receipts).hasSize(entries);
        assertThat(sender.hearFinished(ExitStatus.DONE).receipts()).isEqualTo(entries);
    }

    @Test
    void placesNothingBeforeDoneAndThenTheWholeTree() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            assertThat(tree(out)).isEmpty();
            finish(sender, 5, Outcome.PLACED);
            assertThat(tree(out)).isEqualTo(ALL);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("site"))))
                    .isEqualTo("rwxr-x---");
            assertThat(Files.getLastModifiedTime(out.resolve("site")).toInstant())
                    .isEqualTo(TestDisk.MODIFIED);
            assertThat(kept()).isEmpty();
            assertThat(host.events(TransferEvent.Completed.class)).hasSize(5);
        }
    }

    @Test
    void tellsOfEachFileInItsReceiptWhatItsEndSaid() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender =
                        offerAll(host.welcomeAtomic(OwnerId.NONE)).done(5)) {
            for (int i = 0; i < 5; i++) {
                Frame.Receipt receipt = sender.hear(Frame.Receipt.class);
                if (receipt.entry() == 3) {
                    assertThat(receipt.path()).isEqualTo("site/sub/b");
                    assertThat(receipt.size()).isEqualTo(1);
                    assertThat(receipt.crc()).isEqualTo(ScriptedFerrySender.crc("B".getBytes(UTF_8)));
                }
            }
            sender.hearFinished(ExitStatus.DONE);
        }
    }

    @Test
    void aDirectoryThatNobodyMayWriteToIsMovedAllTheSame() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0555)).offer(1, directory("site/sub", 0500));
            hearStored(sender, 2);
            finish(sender, 2, Outcome.PLACED);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("site"))))
                    .isEqualTo("r-xr-xr-x");
            assertThat(Files.getLastModifiedTime(out.resolve("site")).toInstant())
                    .isEqualTo(TestDisk.MODIFIED);
        }
        makeWritable("site", "site/sub");
    }

    private void makeWritable(String... names) throws Exception {
        for (String name : names) {
            Files.setPosixFilePermissions(out.resolve(name), PosixFilePermissions.fromString("rwx------"));
        }
    }

    private List<Path> kept() throws Exception {
        Path staging = out.resolve(".ferry");
        try (Stream<Path> paths = Files.walk(staging)) {
            return paths.filter(path -> path.toString().contains("trees/")
                            || path.toString().contains("partial/"))
                    .toList();
        }
    }

    @Test
    void whatBreaksOffLeavesNothingUnderItsNameAndIsGoneOnWith() throws Exception {
        try (SessionHost host = host()) {
            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("site", 0755))
                        .eager(1, "site/old", "of an older version")
                        .offer(2, directory("site/gone", 0755))
                        .eager(3, "site/gone/too", "of an older version")
                        .offer(4, directory("site/kind", 0755));
                hearStored(sender, 5);
                sender.offer(5, file("site/large", LARGE.length)).hear(Frame.Accept.class);
                sender.data(5, 0, LARGE).end(5, LARGE).hear(Frame.Stored.class);
                sender.leave();
                assertThat(sender.status()).contains(ExitStatus.NETWORK);
            }
            assertThat(tree(out)).isEmpty();

            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("site", 0755)).offer(1, file("site/large", LARGE.length));
                sender.hear(Frame.Stored.class);
                assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(1, ChunkSet.all(3)));
                for (int chunk = 0; chunk < 3; chunk++) {
                    sender.prove(1, chunk, LARGE).hear(Frame.Same.class);
                }
                sender.end(1, LARGE).hear(Frame.Stored.class);
                sender.eager(2, "site/kind", "now a file");
                hearStored(sender, 1);
                finish(sender, 3, Outcome.PLACED);
            }
            assertThat(tree(out)).containsOnlyKeys("site", "site/large", "site/kind");
            assertThat(out.resolve("site/large")).hasBinaryContent(LARGE);
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    void anotherReceiverGoesOnWithWhatADeadOneHasLeft() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0755)).offer(1, file("site/large", LARGE.length));
            sender.hear(Frame.Stored.class);
            sender.hear(Frame.Accept.class);
            sender.data(1, 0, LARGE).end(1, LARGE).hear(Frame.Stored.class);
            sender.leave();
        }
        assertThat(tree(out)).isEmpty();
        assertThat(listed()).containsExactly("site/ with " + LARGE.length);
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0755)).offer(1, file("site/large", LARGE.length));
            sender.hear(Frame.Stored.class);
            assertThat(sender.hear(Frame.Compare.class)).isEqualTo(new Frame.Compare(1, ChunkSet.all(3)));
        }
    }

    private List<String> listed() throws Exception {
        Events events = new Events();
        new PartialList(out).run(events);
        return events.of(TransferEvent.Partial.class).stream()
                .map(partial -> partial.path() + " with " + partial.bytes())
                .toList();
    }

    @Test
    void somebodyElseFindsNothingOfWhatIsKept() throws Exception {
        try (SessionHost host = host()) {
            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("site", 0755)).offer(1, file("site/large", LARGE.length));
                sender.hear(Frame.Stored.class);
                sender.hear(Frame.Accept.class);
                sender.data(1, 0, LARGE).end(1, LARGE).hear(Frame.Stored.class);
            }
            try (ScriptedFerrySender sender = host.welcomeAtomic(new OwnerId(3, 4))) {
                sender.offer(0, directory("site", 0755)).offer(1, file("site/large", LARGE.length));
                sender.hear(Frame.Stored.class);
                sender.hear(Frame.Accept.class);
            }
        }
    }

    @Test
    void withoutAnOwnerNothingIsKept() throws Exception {
        try (SessionHost host = host()) {
            try (ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OwnerId.NONE))) {
                sender.leave();
                assertThat(sender.status()).contains(ExitStatus.NETWORK);
            }
            assertThat(kept()).isEmpty();
            assertThat(SessionHost.inStaging(out)).isEmpty();
        }
    }

    @Test
    void whatIsKeptGoesWhenItIsOld() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            sender.leave();
            assertThat(sender.status()).contains(ExitStatus.NETWORK);
        }
        assertThat(kept()).isNotEmpty();
        try (SessionHost _ =
                host(ConflictPolicy.RENAME, new StagingOptions(Duration.ofNanos(1), OptionalLong.empty()))) {
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    void countsAsStagedUntilItIsPlaced() throws Exception {
        StagingOptions hundred = new StagingOptions(Duration.ofDays(7), OptionalLong.of(100));
        try (SessionHost host = host(ConflictPolicy.RENAME, hundred)) {
            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("site", 0755)).eager(1, "site/a", "a".repeat(40));
                hearStored(sender, 2);
                sender.eager(2, "site/b", "b".repeat(70));
                assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NO_SPACE);
            }
            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("site", 0755)).eager(1, "site/a", "a".repeat(40));
                hearStored(sender, 2);
                finish(sender, 2, Outcome.PLACED);
            }
            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("other", 0755)).eager(1, "other/a", "a".repeat(100));
                hearStored(sender, 2);
                finish(sender, 2, Outcome.PLACED);
            }
        }
    }

    @Test
    void whatReplacesAnOlderVersionInStagingCountsOnce() throws Exception {
        StagingOptions hundred = new StagingOptions(Duration.ofDays(7), OptionalLong.of(100));
        try (SessionHost host = host(ConflictPolicy.RENAME, hundred)) {
            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("site", 0755)).eager(1, "site/a", "a".repeat(40));
                hearStored(sender, 2);
                sender.leave();
                assertThat(sender.status()).contains(ExitStatus.NETWORK);
            }
            try (ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
                sender.offer(0, directory("site", 0755)).eager(1, "site/a", "z".repeat(40));
                hearStored(sender, 2);
                sender.eager(2, "site/b", "b".repeat(50));
                hearStored(sender, 1);
                finish(sender, 3, Outcome.PLACED);
            }
        }
    }

    @Test
    void whatIsKeptGoesWhenTheTreeIsFoundThere() throws Exception {
        try (SessionHost host = host()) {
            try (ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
                sender.leave();
                assertThat(sender.status()).contains(ExitStatus.NETWORK);
            }
            assertThat(kept()).isNotEmpty();
            make(ALL);
            try (ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
                finish(sender, 5, Outcome.SAME);
            }
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    void theSameTreeOnceMoreIsThereAlready() throws Exception {
        try (SessionHost host = host()) {
            try (ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
                // The receipts get lost.
                sender.done(5).hear(Frame.Receipt.class);
                sender.leave();
                sender.status();
            }
            assertThat(tree(out)).isEqualTo(ALL);
            try (ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
                finish(sender, 5, Outcome.SAME);
            }
            assertThat(tree(out)).isEqualTo(ALL);
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    void aLargeFileThatIsThereAlreadyIsComparedAndNotSent() throws Exception {
        Files.createDirectory(out.resolve("site"));
        Files.write(out.resolve("site/large"), LARGE);
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0755)).offer(1, file("site/large", LARGE.length));
            sender.hear(Frame.Stored.class);
            sender.hear(Frame.Compare.class);
            for (int chunk = 0; chunk < 3; chunk++) {
                sender.prove(1, chunk, LARGE).hear(Frame.Same.class);
            }
            sender.end(1, LARGE).hear(Frame.Stored.class);
            finish(sender, 2, Outcome.SAME);
        }
    }

    @Test
    void aLargeFileThatDiffersIsRefusedBeforeItIsSent() throws Exception {
        Files.createDirectory(out.resolve("site"));
        byte[] other = LARGE.clone();
        other[5]++;
        Files.write(out.resolve("site/large"), other);
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0755)).offer(1, file("site/large", LARGE.length));
            sender.hear(Frame.Stored.class);
            sender.hear(Frame.Compare.class);
            sender.prove(1, 0, LARGE);
            sender.hearFailed(ErrorCode.CONFLICT);
        }
        assertThat(out.resolve("site/large")).hasBinaryContent(other);
    }

    /** What the receiver has in place of {@link #ALL}. */
    enum Difference {
        CONTENT("site/a", "Z"),
        LENGTH("site/a", "AA"),
        MISSING_FILE("site/a", null),
        MISSING_DIRECTORY("site/sub", null),
        OTHER_KIND("site/sub", "a file"),
        FILE_FOR_A_LINK("site/l", "a file"),
        OTHER_LINK("site/l", "-> a");

        private final String path;
        private final Optional<String> text;

        Difference(String path, @Nullable String text) {
            this.path = path;
            this.text = Optional.ofNullable(text);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatDiffersAndChangesNothing(Difference difference) throws Exception {
        make(ALL);
        remove(out.resolve(difference.path));
        if (difference.text.isPresent()) {
            make(Map.of(difference.path, difference.text.get()));
        }
        Map<String, String> before = tree(out);
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0750))
                    .eager(1, "site/a", "A")
                    .offer(2, directory("site/sub", 0755))
                    .offer(3, link("site/l", "sub/b"));
            ErrorCode code = null;
            for (int answers = 0; answers < 4; ) {
                switch (sender.hearAny()) {
                    case Frame.Stored _ -> answers++;
                    case Frame.Accept _ -> {}
                    case Frame.Refuse refuse -> {
                        answers++;
                        code = refuse.reason().code();
                    }
                    case Frame.Failed failed -> {
                        answers++;
                        code = failed.reason().code();
                    }
                    case Frame other -> throw new AssertionError(other.describe());
                }
            }
            assertThat(code).isEqualTo(ErrorCode.CONFLICT);
            sender.done(4).hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
        assertThat(tree(out)).isEqualTo(before);
    }

    @Test
    void refusesATreeOfWhichTheReceiverHasMore() throws Exception {
        make(ALL);
        Files.writeString(out.resolve("site/sub/more"), "more");
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            assertThat(sender.done(5).hearAbort(ErrorCode.CONFLICT).text()).contains("site/sub/more");
        }
    }

    private void make(Map<String, String> entries) throws Exception {
        for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
            Path path = out.resolve(entry.getKey());
            switch (entry.getValue()) {
                case "/" -> Files.createDirectory(path);
                case "-> sub/b" -> Files.createSymbolicLink(path, Path.of("sub/b"));
                case "-> a" -> Files.createSymbolicLink(path, Path.of("a"));
                default -> Files.writeString(path, entry.getValue());
            }
        }
    }

    private static void remove(Path path) throws Exception {
        if (Found.at(path) == Found.DIRECTORY) {
            Staging.remove(path);
        } else {
            Files.delete(path);
        }
    }

    @Test
    void refusesANameThatAFileHas() throws Exception {
        Files.writeString(out.resolve("site"), "a file");
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0755));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.KIND_CONFLICT);
            sender.say(new Frame.Abort(new Reason(ErrorCode.KIND_CONFLICT, "nothing appears")));
            assertThat(sender.status()).as("as its sender").contains(ExitStatus.REFUSED);
        }
        assertThat(out.resolve("site")).hasContent("a file");
    }

    @Test
    void refusesToReplaceWhatSomebodyMakesMeanwhile() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            Files.createDirectory(out.resolve("site"));
            Files.writeString(out.resolve("site/theirs"), "theirs");
            sender.done(5).hearAbort(ErrorCode.CONFLICT);
            assertThat(tree(out)).isEqualTo(Map.of("site", "/", "site/theirs", "theirs"));
            assertThat(sender.status()).contains(ExitStatus.REFUSED);
        }
        assertThat(listed()).as("kept as after any break").containsExactly("site/ with 2");
    }

    @Test
    void ofTwoThatComeAtOnceOneIsRefused() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender first = offerAll(host.welcomeAtomic(OWNER));
                ScriptedFerrySender second = host.welcomeAtomic(new OwnerId(3, 4))) {
            second.offer(0, directory("site", 0755)).eager(1, "site/other", "other");
            hearStored(second, 2);
            finish(second, 2, Outcome.PLACED);
            first.done(5).hearAbort(ErrorCode.CONFLICT);
            assertThat(tree(out)).isEqualTo(Map.of("site", "/", "site/other", "other"));
        }
    }

    @Test
    void replacesAnEmptyDirectoryWhereItMayOverwrite() throws Exception {
        Files.createDirectory(out.resolve("site"));
        try (SessionHost host = host(ConflictPolicy.OVERWRITE, StagingOptions.DEFAULT);
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            finish(sender, 5, Outcome.PLACED);
            assertThat(tree(out)).isEqualTo(ALL);
        }
    }

    @Test
    void replacesNothingElseWhereItMayOverwrite() throws Exception {
        Files.createDirectory(out.resolve("site"));
        Files.writeString(out.resolve("site/a"), "Z");
        try (SessionHost host = host(ConflictPolicy.OVERWRITE, StagingOptions.DEFAULT);
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0755)).eager(1, "site/a", "A");
            hearStored(sender, 1);
            sender.hearFailed(ErrorCode.CONFLICT);
        }
        assertThat(out.resolve("site/a")).hasContent("Z");
    }

    @Test
    void placesNothingIfAnEntryHasFailed() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            sender.offer(5, file("site/f", 3)).data(5, 0, new byte[3]).say(new Frame.End(5, 3, 12345));
            sender.hearFailed(ErrorCode.CORRUPT_FILE);
            sender.done(6).hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void placesNothingIfTheSenderHasWithdrawnAnEntry() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            sender.offer(5, file("site/f", 100_000)).hear(Frame.Accept.class);
            sender.fail(5, ErrorCode.SOURCE_UNREADABLE).done(6).hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void placesNothingIfANameIsRefused() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            Frame.Offer offer = Frame.Offer.of(5, file("site/f", 0));
            sender.say(new Frame.Offer(5, offer.kind(), offer.size(), offer.attributes(), "site/../f", ""));
            sender.hear(Frame.Refuse.class);
            sender.done(6).hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void whatIsOfferedAgainAfterAFailureCounts() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            sender.offer(5, file("site/f", 100_000)).hear(Frame.Accept.class);
            sender.fail(5, ErrorCode.SUPERSEDED).eager(6, "site/f", "f");
            hearStored(sender, 1);
            sender.done(7);
            for (int i = 0; i < 6; i++) {
                sender.hear(Frame.Receipt.class);
            }
            sender.hearFinished(ExitStatus.DONE);
        }
        assertThat(out.resolve("site/f")).hasContent("f");
    }

    @Test
    void placesNothingIfOneEntryHasTakenTheNameOfAnother() throws Exception {
        // As on a disk for which "a" and "A" are one name.
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            sender.eager(5, "site/a", "another A");
            hearStored(sender, 1);
            assertThat(sender.done(6).hearAbort(ErrorCode.CONFLICT).text())
                    .contains("6 entries were sent, and the receiver's disk has names for 5");
            assertThat(sender.status()).contains(ExitStatus.REFUSED);
            assertThat(tree(out)).isEmpty();
            assertThat(kept()).isEmpty();
        }
    }

    @Test
    void placesNothingIfOneLinkHasTakenTheNameOfAnother() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            sender.offer(5, link("site/l", "a"));
            hearStored(sender, 1);
            sender.done(6).hearAbort(ErrorCode.CONFLICT);
            assertThat(tree(out)).isEmpty();
        }
    }

    @Test
    void whatIsOfferedAgainAfterItWasStoredHasOneReceipt() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = offerAll(host.welcomeAtomic(OWNER))) {
            // As a sender does whose further stream has broken, before it hears that the file is stored.
            sender.fail(3, ErrorCode.SUPERSEDED).eager(5, "site/sub/b", "another B");
            hearStored(sender, 1);
            sender.done(6);
            List<Long> receipts = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                receipts.add(sender.hear(Frame.Receipt.class).entry());
            }
            assertThat(receipts).containsExactlyInAnyOrder(0L, 1L, 2L, 4L, 5L);
            sender.hearFinished(ExitStatus.DONE);
        }
        assertThat(out.resolve("site/sub/b")).hasContent("another B");
    }

    @Test
    void takesOneTreeAndNothingBesideIt() throws Exception {
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.eager(0, "alone", "x");
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            sender.offer(1, directory("site", 0755)).hear(Frame.Stored.class);
            sender.offer(2, directory("other", 0755));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            sender.eager(3, "sitemap", "x");
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            sender.eager(4, "site/not offered/x", "x");
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        }
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void saysInItsWelcomeWhetherItCan() throws Exception {
        try (SessionHost host = SessionHost.with(_ -> new StdoutInbox(
                        Channels.newChannel(new ByteArrayOutputStream()), OptionalLong.empty(), OptionalLong.empty()));
                ScriptedFerrySender sender = host.connect().helloAtomic(OWNER)) {
            assertThat(sender.hear(Frame.Welcome.class).features()).isEqualTo(Features.NONE);
        }
    }

    @Test
    void moreDirectoriesThanAreSettledTogetherHaveTheirReceipts() throws Exception {
        int directories = 100;
        try (SessionHost host = host();
                ScriptedFerrySender sender = host.welcomeAtomic(OWNER)) {
            sender.offer(0, directory("site", 0755));
            for (int i = 1; i <= directories; i++) {
                sender.offer(i, directory("site/" + i, 0755));
            }
            hearStored(sender, directories + 1);
            finish(sender, directories + 1, Outcome.PLACED);
        }
        assertThat(tree(out)).hasSize(directories + 1);
    }
}
