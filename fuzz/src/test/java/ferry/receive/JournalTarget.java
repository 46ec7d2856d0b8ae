package ferry.receive;

import static ferry.fuzz.Invariant.require;

import ferry.entry.Chunks;
import ferry.fuzz.Choices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The journal of a partial file: it gives back the chunks that were added, loses no more than what a damage reaches, and whatever
 * is read names chunks of the file alone.
 */
public final class JournalTarget {
    private static final Path FILE = file();

    private JournalTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Choices choices = new Choices(input);
        switch (choices.below(3)) {
            case 0 -> readForeign(choices);
            case 1 -> readBack(choices, false);
            default -> readBack(choices, true);
        }
    }

    /** Whatever lies there, perhaps behind a header of our own. */
    private static void readForeign(Choices choices) throws IOException {
        if (choices.below(2) == 0) {
            Journal.write(FILE, header(choices), new ChunkRuns());
            Files.write(FILE, choices.rest(), StandardOpenOption.APPEND);
        } else {
            Files.write(FILE, choices.rest());
        }
        read();
    }

    private static void readBack(Choices choices, boolean damages) throws IOException {
        Journal.Header header = header(choices);
        Set<Long> added = new TreeSet<>();
        ChunkRuns first = new ChunkRuns();
        Journal journal = null;
        for (int count = choices.below(24); count > 0; count--) {
            long chunk = choices.number() % Math.max(1, Chunks.count(header.size()));
            if (chunk < 0 || chunk >= Chunks.count(header.size())) {
                continue;
            }
            added.add(chunk);
            if (journal == null && choices.below(4) == 0) {
                first.add(chunk);
                journal = Journal.write(FILE, header, first);
            } else if (journal == null) {
                first.add(chunk);
            } else {
                journal.add(chunk);
            }
        }
        if (journal == null) {
            Journal.write(FILE, header, first);
        }
        if (!damages) {
            Journal.Content content = read().orElseThrow();
            require(content.header().equals(header), () -> "not the header that was written: " + content.header());
            require(chunks(content).equals(added), () -> "not the chunks that were added: " + added);
            return;
        }
        damage(choices);
        Optional<Journal.Content> content = read();
        require(
                content.isEmpty() || added.containsAll(chunks(content.get())),
                () -> "chunks that were never added: " + content);
    }

    /** A cut, or a bit that fell over: what both the checksum and a cut are there for. */
    private static void damage(Choices choices) throws IOException {
        try (FileChannel channel = FileChannel.open(FILE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long position = choices.twoOctets() % channel.size();
            if (choices.below(2) == 0) {
                channel.truncate(position);
            } else {
                ByteBuffer octet = ByteBuffer.allocate(1);
                channel.read(octet, position);
                octet.put(0, (byte) (octet.get(0) ^ 1 << choices.below(8)));
                channel.write(octet.flip(), position);
            }
        }
    }

    private static Optional<Journal.Content> read() throws IOException {
        Optional<Journal.Content> content = Journal.read(FILE);
        content.ifPresent(read -> require(
                read.header().size() >= 0
                        && chunks(read).stream()
                                .allMatch(chunk -> chunk >= 0
                                        && chunk < Chunks.count(read.header().size())),
                () -> "chunks that the file does not have: " + read));
        return content;
    }

    private static Set<Long> chunks(Journal.Content content) {
        return content.chunks().chunks().boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    private static Journal.Header header(Choices choices) {
        long size = choices.number() & (1L << 34) - 1;
        return new Journal.Header(new Owner(choices.text()), choices.text(), size);
    }

    private static Path file() {
        try {
            Path folder = Files.createTempDirectory("ferry-fuzz-journal");
            folder.toFile().deleteOnExit();
            return folder.resolve("journal");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
