package ferry.send;

import ferry.send.Outgoing.Whole;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stored entries in a temporary file, which has lost its name as soon as it is open, so that it goes with the process. First written,
 * then read in the same order. For one thread at a time: a session's stream writes, the feeder of the next session reads.
 * Neither is hurt by an interrupt, which would close a channel.
 */
final class StoredList implements AutoCloseable {
    private final Path folder;
    private @Nullable RandomAccessFile file;
    private @Nullable DataInputStream input;
    private long added;
    private long left;

    private StoredList(Path folder) {
        this.folder = folder;
    }

    /** One in the folder of the system, or of {@code -Djava.io.tmpdir}, which is touched only when something is added. */
    static StoredList inTemporaryFolder() {
        return in(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static StoredList in(Path folder) {
        return new StoredList(folder);
    }

    void add(List<StoredEntry> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (StoredEntry entry : entries) {
            out.writeLong(entry.number());
            SourceEntryCodec.write(entry.source(), out);
            out.writeLong(entry.whole().size());
            out.writeInt(entry.whole().crc());
            out.writeUTF(entry.whole().sha256().orElse(""));
        }
        opened().write(bytes.toByteArray());
        added += entries.size();
        left += entries.size();
    }

    /** From now on it is read from the beginning. */
    void rewind() {
        input = null;
        left = added;
    }

    /** The next one that was added, or empty after the last. */
    Optional<StoredEntry> next() throws IOException {
        if (left == 0) {
            return Optional.empty();
        }
        left--;
        DataInputStream in = reading();
        long number = in.readLong();
        SourceEntry source = SourceEntryCodec.read(in);
        long size = in.readLong();
        int crc = in.readInt();
        String sha256 = in.readUTF();
        return Optional.of(new StoredEntry(
                number, source, new Whole(size, crc, sha256.isEmpty() ? Optional.empty() : Optional.of(sha256))));
    }

    private RandomAccessFile opened() throws IOException {
        RandomAccessFile current = file;
        if (current == null) {
            Path path = Files.createTempFile(folder, "ferry-send-", ".tmp");
            try {
                current = new RandomAccessFile(path.toFile(), "rw");
            } finally {
                Files.delete(path);
            }
            file = current;
        }
        return current;
    }

    private DataInputStream reading() throws IOException {
        DataInputStream current = input;
        if (current == null) {
            RandomAccessFile source = opened();
            source.seek(0);
            current = new DataInputStream(new BufferedInputStream(new InputStream() {
                @Override
                public int read() throws IOException {
                    return source.read();
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    return source.read(into, offset, length);
                }
            }));
            input = current;
        }
        return current;
    }

    @Override
    public void close() {
        RandomAccessFile current = file;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                // It has no name, and nobody wants what is in it.
            }
        }
    }
}
