package ferry.send;

import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.wire.ClassicHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;

/**
 * The one file, or standard input, that the classic protocol sends: opened before anybody is connected to, and read once.
 * Used by one thread; any may close it, which ends a read that waits.
 */
final class ClassicSource implements AutoCloseable {
    private final SourceEntry source;
    private final Entry.File entry;
    private final ReadableByteChannel content;
    private long read;

    private ClassicSource(SourceEntry source, Entry.File entry, ReadableByteChannel content) {
        this.source = source;
        this.entry = entry;
        this.content = content;
    }

    /**
     * Opens what is to be sent.
     *
     * @throws TransferException USAGE unless it is exactly one file, SOURCE_NAME if the protocol cannot carry its name, or
     *     why it cannot be opened
     */
    static ClassicSource open(List<Root> roots) throws TransferException {
        if (roots.size() != 1) {
            throw usage("--classic", "it sends exactly one file, got " + roots.size());
        }
        return switch (roots.getFirst()) {
            case Root.StandardInput input -> {
                SourceEntry.StandardInput standardInput = SourceEntry.StandardInput.named(input.name());
                ClassicHeader.encode(input.name().name());
                yield new ClassicSource(standardInput, standardInput.entry(), standardInput.open());
            }
            case Root.Found found -> {
                if (found.attributes().isDirectory()) {
                    throw usage(found.name().toString(), "--classic sends a file, not a directory");
                }
                SourceEntry.LocalFile file = SourceEntry.LocalFile.of(found.name(), found.path(), found.attributes());
                ClassicHeader.encode(found.name().name());
                yield new ClassicSource(file, file.entry(), file.open());
            }
        };
    }

    private static TransferException usage(String what, String why) {
        return new TransferException(ErrorCode.USAGE, what, why)
                .withHint("leave out --classic, or pack it: tar -c DIR | send --classic --name DIR.tar - TARGET");
    }

    Entry.File entry() {
        return entry;
    }

    /**
     * Reads what there is room for; -1 at the end.
     *
     * @throws TransferException SOURCE_CHANGED as soon as a file is longer than it was, so that one that grows as fast as
     *     it is read comes to an end
     */
    int read(ByteBuffer into) throws TransferException {
        try {
            int count = content.read(into);
            read += Math.max(count, 0);
            if (entry.size().isPresent() && read > entry.size().getAsLong()) {
                throw changed("more");
            }
            return count;
        } catch (IOException e) {
            throw LocalFailure.of(entry.path().toString(), e);
        }
    }

    /** Throws SOURCE_CHANGED unless what was read, up to the end, is the file that was opened. */
    void requireUnchanged() throws TransferException {
        if (source instanceof SourceEntry.LocalFile file) {
            if (read != file.stamp().size()) {
                throw changed(Long.toString(read));
            }
            file.requireUnchanged();
        }
    }

    private TransferException changed(String got) {
        long expected = entry.size().orElseThrow();
        return new TransferException(
                ErrorCode.SOURCE_CHANGED,
                entry.path().toString(),
                "it changed while it was sent: %d bytes expected, got %s".formatted(expected, got));
    }

    @Override
    public void close() {
        try {
            content.close();
        } catch (IOException e) {
            // It was only read from; there is nothing to lose.
        }
    }
}
