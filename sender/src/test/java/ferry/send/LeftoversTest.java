package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    @TempDir
    private Path dir;

    private final Leftovers leftovers = new Leftovers();

    @AfterEach
    void close() {
        leftovers.close();
    }

    private List<SourceEntry> rest() throws IOException {
        List<SourceEntry> all = new ArrayList<>();
        for (Optional<ToOffer> next = leftovers.next(); next.isPresent(); next = leftovers.next()) {
            all.add(next.get().source());
        }
        return all;
    }

    private static List<StoredEntry> stored(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new StoredEntry(i, LedgerTest.directory("d" + i)))
                .toList();
    }

    @Test
    void givesBackOfThousandsOnDiskThoseThatHaveNoAnswer() throws Exception {
        StoredList list = StoredList.in(dir);
        list.add(stored(0, 5000));
        list.add(stored(5000, 10_000));
        assertThat(dir).as("a file without a name").isEmptyDirectory();
        BitSet unanswered = new BitSet();
        unanswered.set(3);
        unanswered.set(9_999);
        leftovers.putBack(list, unanswered, List.of(ToOffer.first(LedgerTest.file("f", 1))));
        assertThat(rest())
                .containsExactly(LedgerTest.directory("d3"), LedgerTest.directory("d9999"), LedgerTest.file("f", 1));
    }

    @Test
    void givesBackFirstWhatBrokeLast() throws Exception {
        leftovers.putBack(StoredList.in(dir), new BitSet(), List.of(ToOffer.first(LedgerTest.file("a", 1))));
        leftovers.putBack(StoredList.in(dir), new BitSet(), List.of(ToOffer.first(LedgerTest.file("b", 1))));
        assertThat(rest()).containsExactly(LedgerTest.file("b", 1), LedgerTest.file("a", 1));
    }

    @Test
    void keepsAllOfAnEntryOnDisk() throws Exception {
        RelativePath name = RelativePath.parse("höhe/\ud83d\ude80");
        Attributes attributes =
                new Attributes(Optional.of(Instant.ofEpochSecond(-5, 999_999_999)), OptionalInt.of(0750));
        Path file = Files.writeString(dir.resolve("file"), "content");
        List<SourceEntry> entries = List.of(
                new SourceEntry.WithoutContent(new Entry.Directory(name, attributes), Path.of("/x/höhe")),
                new SourceEntry.WithoutContent(
                        new Entry.Link(name, LinkTarget.parse("../a\nb", name), Attributes.NONE), Path.of("y")),
                SessionRun.file(file));
        StoredList list = StoredList.in(dir);
        BitSet unanswered = new BitSet();
        for (SourceEntry entry : entries) {
            list.add(List.of(new StoredEntry(unanswered.length(), entry)));
            unanswered.set(unanswered.length());
        }
        leftovers.putBack(list, unanswered, List.of());
        List<SourceEntry> back = rest();
        assertThat(back).isEqualTo(entries);
        ((SourceEntry.LocalFile) back.getLast()).open().close();
    }

    @Test
    void endsTheTransferOnlyWhenItBreaksIfNothingCanBeKept() throws Exception {
        Events events = new Events();
        TransferException cause = new TransferException(ErrorCode.CONNECTION_LOST, "peer", "reset");
        try (StoredEntries entries = new StoredEntries(events, StoredList.in(dir.resolve("missing")))) {
            entries.add(stored(0, 1));
            entries.add(stored(1, 2));
            assertThat(events.only(TransferEvent.Warning.class).text()).contains("cannot be remembered");
            assertThatThrownBy(() -> entries.putBack(cause, new BitSet(), List.of(), leftovers))
                    .isInstanceOfSatisfying(TransferException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_LOST);
                        assertThat(e.why()).startsWith("reset; ").contains("could not be remembered");
                    });
        }
    }
}
