package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code send --remove-source} against scripted receivers. */
@Timeout(60)
class RemoveSourceTest {
    @TempDir
    private Path dir;

    private final Events events = new Events();
    private Path file;
    private Path tree;

    @BeforeEach
    void makeFiles() throws Exception {
        file = Files.writeString(dir.resolve("file"), "content");
        tree = Files.createDirectory(dir.resolve("tree"));
        Files.createDirectories(tree.resolve("a/b/c"));
        Files.writeString(tree.resolve("a/b/f"), "f");
        Files.createSymbolicLink(tree.resolve("a/link"), Path.of("b/f"));
    }

    private ExitStatus send(ScriptedReceivers receivers, Path... sources) throws Exception {
        SendRequest request = Requests.removing(Requests.retrying(Requests.ferry(receivers.endpoint(), sources), 1));
        return new Sender(request, Map.of(), Optional.empty(), SendSession::over, events).run();
    }

    /** What the receiver promises of an entry; empty for a failure. */
    private interface Promise {
        Optional<Durability> of(String path);
    }

    private static void take(ScriptedFerryReceiver receiver, Promise promise) throws Exception {
        receiver.welcoming();
        List<Frame.Offer> offers = new ArrayList<>();
        List<Frame.End> ends = new ArrayList<>();
        Frame next = receiver.hearAny();
        while (!(next instanceof Frame.Done)) {
            switch (next) {
                case Frame.Offer offer -> {
                    offers.add(offer);
                    if (offer.kind() != EntryKind.FILE) {
                        receiver.say(new Frame.Stored(offer.entry()));
                    }
                }
                case Frame.End end -> ends.add(end);
                default -> {}
            }
            next = receiver.hearAny();
        }
        for (Frame.End end : ends) {
            answer(receiver, offers.get((int) end.entry()), end.size(), end.crc(), promise);
        }
        offers.sort(Comparator.comparing(Frame.Offer::path).reversed());
        for (Frame.Offer offer : offers) {
            if (offer.kind() != EntryKind.FILE) {
                answer(receiver, offer, 0, 0, promise);
            }
        }
    }

    private static void answer(ScriptedFerryReceiver receiver, Frame.Offer offer, long size, int crc, Promise promise)
            throws Exception {
        Optional<Durability> durability = promise.of(offer.path());
        if (durability.isPresent()) {
            receiver.say(new Frame.Receipt(
                    offer.entry(), offer.kind(), Outcome.PLACED, durability.get(), size, crc, offer.path()));
        } else {
            receiver.fail(offer.entry(), ErrorCode.NO_SPACE);
        }
    }

    private static ScriptedReceivers.Script taking(Promise promise) {
        return receiver -> {
            take(receiver, promise);
            receiver.say(new Frame.Finished(0, 0, 0));
        };
    }

    private static Optional<Durability> durable(String path) {
        return Optional.of(Durability.DURABLE);
    }

    private List<String> warnings() {
        return events.of(TransferEvent.Warning.class).stream()
                .map(TransferEvent.Warning::text)
                .filter(text -> text.contains("removed"))
                .toList();
    }

    @Test
    void removesFilesLinksAndDirectories() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(taking(RemoveSourceTest::durable))) {
            assertThat(send(receivers, file, tree)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(file).doesNotExist();
        assertThat(tree).doesNotExist();
    }

    @Test
    void keepsWhatIsNotDurableAndSaysSo() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(taking(path -> Optional.of(Durability.WRITTEN)))) {
            assertThat(send(receivers, file, tree)).isEqualTo(ExitStatus.LOCAL_FILE);
            receivers.awaitEnd();
        }
        assertThat(file).exists();
        assertThat(tree.resolve("a/b/c")).isDirectory();
        assertThat(warnings()).singleElement().asString().startsWith("7 of the sources are not removed");
    }

    @Test
    void keepsWhatFailedAndTheDirectoriesThatItIsIn() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                taking(path -> path.equals("tree/a/b/f") ? Optional.empty() : durable(path)))) {
            assertThat(send(receivers, file, tree)).isEqualTo(ExitStatus.PARTIAL);
            receivers.awaitEnd();
        }
        assertThat(file).doesNotExist();
        assertThat(tree.resolve("a/b/f")).exists();
        assertThat(tree.resolve("a/b/c")).doesNotExist();
        assertThat(tree.resolve("a/link")).doesNotExist();
        assertThat(warnings()).isEmpty();
    }

    @Test
    void keepsAFileThatHasChangedSince() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(taking(path -> {
            change(file);
            return durable(path);
        }))) {
            assertThat(send(receivers, file)).isEqualTo(ExitStatus.LOCAL_FILE);
            receivers.awaitEnd();
        }
        assertThat(file).hasContent("changed");
        assertThat(warnings()).containsExactly("file: not removed: it has changed since it was sent");
    }

    @Test
    void keepsALinkThatLeadsElsewhereByNow() throws Exception {
        Path link = tree.resolve("a/link");
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(taking(path -> {
            if (path.equals("tree/a/link")) {
                change(link);
            }
            return durable(path);
        }))) {
            assertThat(send(receivers, tree)).isEqualTo(ExitStatus.PARTIAL);
            receivers.awaitEnd();
        }
        assertThat(link).isSymbolicLink();
        assertThat(tree.resolve("a/b")).doesNotExist();
        assertThat(warnings()).containsExactly("tree/a/link: not removed: it has changed since it was sent");
    }

    private static void change(Path path) {
        try {
            if (Files.isSymbolicLink(path)) {
                Files.delete(path);
                Files.createSymbolicLink(path, Path.of("other"));
            } else {
                Files.writeString(path, "changed");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keepsADirectoryInWhichSomethingNewIs() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(taking(path -> {
            change(tree.resolve("a/new"));
            return durable(path);
        }))) {
            assertThat(send(receivers, tree)).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(tree.resolve("a")).isDirectoryContaining("glob:**new");
        assertThat(tree.resolve("a/b")).doesNotExist();
        assertThat(events.of(TransferEvent.Notice.class))
                .extracting(TransferEvent.Notice::text)
                .contains("2 directories stay: they are not empty");
    }

    @Test
    void removesNothingBeforeItsReceiptAndAllAfterIt() throws Exception {
        List<Boolean> there = new ArrayList<>();
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    receiver.welcoming().await(Frame.Done.class);
                    there.add(Files.exists(file));
                    receiver.reset();
                },
                receiver -> {
                    take(receiver, path -> {
                        there.add(Files.exists(file));
                        there.add(Files.isSymbolicLink(tree.resolve("a/link")));
                        return path.equals("file") || path.equals("tree/a/link") ? durable(path) : Optional.empty();
                    });
                    receiver.leave();
                })) {
            assertThat(send(receivers, file, tree.resolve("a"))).isEqualTo(ExitStatus.PARTIAL);
            receivers.awaitEnd();
        }
        assertThat(there.getFirst()).isTrue();
        assertThat(file).doesNotExist();
        assertThat(tree.resolve("a/b/f")).exists();
    }

    @Test
    void removesWhatWasReceiptedBeforeTheConnectionBroke() throws Exception {
        Path link = tree.resolve("a/link");
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(receiver -> {
            receiver.welcoming();
            Frame.Offer offer = receiver.await(Frame.Offer.class);
            while (offer.kind() != EntryKind.LINK) {
                receiver.say(new Frame.Stored(offer.entry()));
                offer = receiver.await(Frame.Offer.class);
            }
            receiver.say(new Frame.Stored(offer.entry()));
            receiver.await(Frame.Done.class);
            receiver.say(new Frame.Receipt(
                    offer.entry(), EntryKind.LINK, Outcome.PLACED, Durability.DURABLE, 0, 0, offer.path()));
            receiver.leave();
        })) {
            Files.delete(tree.resolve("a/b/f"));
            assertThat(send(receivers, tree)).isEqualTo(ExitStatus.NETWORK);
            receivers.awaitEnd();
        }
        assertThat(link).doesNotExist();
        assertThat(tree.resolve("a/b/c")).isDirectory();
    }

    @Test
    void refusesALinkAsSource() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), file);
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(ScriptedFerryReceiver::greeted)) {
            assertThatThrownBy(() -> send(receivers, link))
                    .isInstanceOfSatisfying(
                            TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
        }
        assertThat(file).exists();
    }

    @Test
    void removesThousandsOfDirectoriesFromTheLeavesOn() throws Exception {
        int count = Ledger.MAX_STORED + 500;
        for (int i = 0; i < count / 2; i++) {
            Files.createDirectories(dir.resolve("many/d%d/e".formatted(i)));
        }
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(taking(RemoveSourceTest::durable))) {
            assertThat(send(receivers, dir.resolve("many"))).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(dir.resolve("many")).doesNotExist();
    }
}
