package ferry.receive;

import static ferry.fuzz.Invariant.require;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import ferry.fuzz.Choices;
import ferry.receive.DeferredList.Deferred;
import ferry.receive.DeferredList.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The list of directories and links in staging: it gives back what it was given from either end, and says when it is damaged. */
public final class DeferredListTarget {
    private static final Path FILE = file();

    private DeferredListTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Choices choices = new Choices(input);
        boolean damages = choices.below(2) == 1;
        List<Deferred> added = new ArrayList<>();
        Files.deleteIfExists(FILE);
        try (DeferredList list = new DeferredList(FILE)) {
            for (int count = choices.below(16); count > 0; count--) {
                Optional<Deferred> next = deferred(choices);
                if (next.isPresent()) {
                    list.add(next.get());
                    added.add(next.get());
                }
            }
            if (damages && !added.isEmpty()) {
                damage(choices);
                readDamaged(list::forEach);
                readDamaged(list::forEachBackwards);
            } else {
                require(read(list::forEach).equals(added), () -> "not what was added: " + added);
                require(read(list::forEachBackwards).equals(added.reversed()), () -> "not backwards: " + added);
            }
        }
    }

    private static Optional<Deferred> deferred(Choices choices) {
        int which = choices.octet();
        Attributes attributes = new Attributes(
                (which & 1) == 0
                        ? Optional.empty()
                        : Optional.of(Instant.ofEpochSecond(choices.number() % (1L << 35), choices.twoOctets())),
                (which & 2) == 0 ? OptionalInt.empty() : OptionalInt.of(choices.twoOctets() & 0777));
        Origin origin = (which & 4) == 0 ? Origin.FOUND : Origin.CREATED;
        int repeat = (which & 8) == 0 ? 1 : 16;
        try {
            RelativePath path = RelativePath.parse(choices.text() + "/x".repeat(repeat));
            Entry entry = (which & 16) == 0
                    ? new Entry.Directory(path, attributes)
                    : new Entry.Link(path, LinkTarget.parse(choices.text().repeat(repeat), path), attributes);
            return Optional.of(new Deferred(choices.number(), entry, origin));
        } catch (TransferException e) {
            return Optional.empty();
        }
    }

    private interface Reading {
        void to(DeferredList.Reader reader) throws IOException;
    }

    private static List<Deferred> read(Reading reading) throws IOException {
        List<Deferred> read = new ArrayList<>();
        reading.to(read::add);
        return read;
    }

    private static void damage(Choices choices) {
        try (FileChannel channel = FileChannel.open(FILE, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (choices.below(4) == 3) {
                channel.truncate(choices.twoOctets() % size);
            } else {
                channel.write(ByteBuffer.wrap(choices.take(64)), choices.twoOctets() % size);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readDamaged(Reading reading) {
        int[] count = new int[1];
        try {
            reading.to(deferred -> count[0]++);
        } catch (IOException expected) {
            // It says so.
        }
        require(count[0] <= 1 << 16, () -> "of a few it made " + count[0]);
    }

    private static Path file() {
        try {
            Path folder = Files.createTempDirectory("ferry-fuzz-list");
            folder.toFile().deleteOnExit();
            return folder.resolve("list");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
