package ferry.receive;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file in staging that lists entries to be settled later, and can be read from either end, so that a million of them
 * take no memory.
 *
 * <pre>
 * record = length, body, length          length = bytes of the body, u32
 * body   = id          u64
 *          flags       u8                bit 0: the time is known, 1: the mode is, 2: a link, 3: created by us
 *          seconds     i64, nanos u32    the time of modification, or zero
 *          mode        u16               or zero
 *          path, target                  each u16 and so many bytes of UTF-8; a directory's target is empty
 * </pre>
 *
 * <p>All numbers are big-endian. Nobody but the process that wrote it reads it. Adding is thread-safe, and its lock is
 * held for the write of one record, so that one that fails (a full disk) leaves no hole: the next goes over it. Reading
 * is for one thread, when nothing more is added.
 */
final class DeferredList implements AutoCloseable {
    private static final int FIXED_BYTES = 8 + 1 + 8 + 4 + 2 + 2 + 2;
    private static final int MAX_BODY = FIXED_BYTES + RelativePath.MAX_BYTES + LinkTarget.MAX_BYTES;
    private static final int LENGTH_BYTES = Integer.BYTES;
    private static final int WINDOW = 64 * 1024;

    private static final int HAS_TIME = 1;
    private static final int HAS_MODE = 2;
    private static final int IS_LINK = 4;
    private static final int IS_CREATED = 8;

    private final Path path;
    private @Nullable FileChannel channel;
    private long end;

    /** What the list says of an entry. */
    record Deferred(long id, Entry entry, Origin origin) {}

    /** Where a deferred entry's place comes from. */
    enum Origin {
        /** It was there, or will be made. */
        FOUND,
        /** We have created it for this entry. */
        CREATED
    }

    /** Receives one record after the other. */
    @FunctionalInterface
    interface Reader {
        void read(Deferred deferred);
    }

    /** The file is created with the first record. */
    DeferredList(Path path) {
        this.path = path;
    }

    synchronized void add(Deferred deferred) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    Permissions.privateFile(path));
            channel = open;
        }
        ByteBuffer bytes = encode(deferred);
        long position = end;
        while (bytes.hasRemaining()) {
            position += open.write(bytes, position);
        }
        end = position;
    }

    /** Reads the records in the order in which they were added. */
    void forEach(Reader reader) throws IOException {
        Window window = new Window();
        for (long position = 0; position < end; ) {
            int length = checked(window.at(position, LENGTH_BYTES, position).getInt());
            position += LENGTH_BYTES;
            reader.read(decode(window.at(position, length, position)));
            position += length + LENGTH_BYTES;
        }
    }

    /** Reads the records from the last to the first. */
    void forEachBackwards(Reader reader) throws IOException {
        Window window = new Window();
        for (long position = end; position > 0; ) {
            position -= LENGTH_BYTES;
            int length = checked(window.at(position, LENGTH_BYTES, position + LENGTH_BYTES - WINDOW)
                    .getInt());
            position -= length;
            reader.read(decode(window.at(position, length, position + length - WINDOW)));
            position -= LENGTH_BYTES;
        }
    }

    @Override
    public synchronized void close() {
        FileChannel open = channel;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It has been read, or is not needed any more.
            }
        }
    }

    private static ByteBuffer encode(Deferred deferred) {
        Entry entry = deferred.entry();
        Attributes attributes = entry.attributes();
        byte[] name = entry.path().utf8();
        byte[] target = switch (entry) {
            case Entry.Link link -> link.target().utf8();
            case Entry.Directory _ -> new byte[0];
            case Entry.File _ -> throw new IllegalArgumentException("a file is not deferred: " + entry.path());
        };
        int length = FIXED_BYTES + name.length + target.length;
        Instant modified = attributes.modified().orElse(Instant.EPOCH);
        return ByteBuffer.allocate(LENGTH_BYTES + length + LENGTH_BYTES)
                .putInt(length)
                .putLong(deferred.id())
                .put((byte) flags(deferred))
                .putLong(modified.getEpochSecond())
                .putInt(modified.getNano())
                .putShort((short) attributes.mode().orElse(0))
                .putShort((short) name.length)
                .put(name)
                .putShort((short) target.length)
                .put(target)
                .putInt(length)
                .flip();
    }

    private static Deferred decode(ByteBuffer body) throws IOException {
        try {
            long id = body.getLong();
            int flags = body.get();
            Instant modified = Instant.ofEpochSecond(body.getLong(), body.getInt());
            int mode = body.getShort();
            Attributes attributes = new Attributes(
                    (flags & HAS_TIME) == 0 ? Optional.empty() : Optional.of(modified),
                    (flags & HAS_MODE) == 0 ? OptionalInt.empty() : OptionalInt.of(mode));
            RelativePath path = RelativePath.decode(text(body));
            ByteBuffer target = text(body);
            Entry entry = (flags & IS_LINK) == 0
                    ? new Entry.Directory(path, attributes)
                    : new Entry.Link(path, LinkTarget.decode(target, path), attributes);
            return new Deferred(id, entry, (flags & IS_CREATED) == 0 ? Origin.FOUND : Origin.CREATED);
        } catch (TransferException
                | DateTimeException
                | IllegalArgumentException
                | BufferUnderflowException
                | IndexOutOfBoundsException e) {
            throw new IOException("the list of deferred entries is damaged", e);
        }
    }

    private static ByteBuffer text(ByteBuffer body) {
        int length = Short.toUnsignedInt(body.getShort());
        ByteBuffer text = body.slice(body.position(), length);
        body.position(body.position() + length);
        return text;
    }

    private static int checked(int length) throws IOException {
        if (length < FIXED_BYTES || length > MAX_BODY) {
            throw new IOException("the list of deferred entries is damaged");
        }
        return length;
    }

    private static int flags(Deferred deferred) {
        Attributes attributes = deferred.entry().attributes();
        return (attributes.modified().isPresent() ? HAS_TIME : 0)
                | (attributes.mode().isPresent() ? HAS_MODE : 0)
                | (deferred.entry() instanceof Entry.Link ? IS_LINK : 0)
                | (deferred.origin() == Origin.CREATED ? IS_CREATED : 0);
    }

    /** The part of the file that was read last. */
    private final class Window {
        private final ByteBuffer bytes = ByteBuffer.allocate(WINDOW).limit(0);
        private long start;

        /** Some bytes of the file; if they are not here, what is read begins at {@code from}, or at 0. */
        ByteBuffer at(long position, int length, long from) throws IOException {
            if (position < 0) {
                throw new EOFException("the list of deferred entries is too short");
            }
            if (position < start || position + length > start + bytes.limit()) {
                fill(Math.max(0, from));
            }
            int offset = (int) (position - start);
            if (offset + length > bytes.limit()) {
                throw new EOFException("the list of deferred entries is too short");
            }
            return bytes.slice(offset, length);
        }

        private void fill(long from) throws IOException {
            FileChannel open = channel;
            if (open == null) {
                throw new EOFException("the list of deferred entries is empty");
            }
            bytes.clear();
            start = from;
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = open.read(bytes, from + bytes.position());
            }
            bytes.flip();
        }
    }
}
