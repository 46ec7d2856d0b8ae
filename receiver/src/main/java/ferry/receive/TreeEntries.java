package ferry.receive;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file in staging that lists the entries of a tree which are there, with all that their receipts will say, so that a million of
 * them take no memory. Nobody but the process that wrote it reads it.
 *
 * <p>Adding is thread-safe, and its lock is held for the write of one record, so that one that fails (a full disk) leaves no hole:
 * the next goes over it. Reading is for one thread, when nothing more is added.
 */
final class TreeEntries implements AutoCloseable {
    /** So many numbers take some MiB. */
    static final int MAX_WITHDRAWN = 65_536;

    private final Path path;
    private @Nullable FileChannel channel;
    private long end;
    private long count;

    /** What the sender has ended since it was added; of a transfer over one stream there is nothing. */
    private final Set<Long> withdrawn = ConcurrentHashMap.newKeySet();

    /**
     * An entry that is there.
     *
     * @param id the session's own number
     * @param whole of a file, else {@link IncomingFile.Whole#NONE}
     * @param sha256 of a file, if that was asked for
     */
    record Stored(long id, Entry entry, IncomingFile.Whole whole, Optional<String> sha256) {}

    /** Receives one entry after the other. */
    @FunctionalInterface
    interface Reader {
        void read(Stored stored) throws IOException, TransferException;
    }

    /** The file is created with the first entry. */
    TreeEntries(Path path) {
        this.path = path;
    }

    /** How many were added. */
    synchronized long count() {
        return count;
    }

    synchronized void add(Stored stored) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    Permissions.privateFile(path));
            channel = open;
        }
        ByteBuffer bytes = ByteBuffer.wrap(encode(stored));
        long position = end;
        while (bytes.hasRemaining()) {
            position += open.write(bytes, position);
        }
        end = position;
        count++;
    }

    /**
     * The sender has ended an entry, which may be in the list or not.
     *
     * @return false if there are too many such entries, and this is not noted
     */
    boolean withdraw(long id) {
        if (withdrawn.size() >= MAX_WITHDRAWN) {
            return false;
        }
        withdrawn.add(id);
        return true;
    }

    /** Reads those that were not withdrawn, in the order in which they were added. */
    void forEach(Reader reader) throws IOException, TransferException {
        FileChannel open = channel;
        if (open == null) {
            return;
        }
        open.position(0);
        DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(open)));
        for (long left = count(); left > 0; left--) {
            Stored stored = decode(in);
            if (!withdrawn.contains(stored.id())) {
                reader.read(stored);
            }
        }
    }

    private static byte[] encode(Stored stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Entry entry = stored.entry();
        out.writeLong(stored.id());
        writeText(entry.kind().name(), out);
        writeText(entry.path().toString(), out);
        writeAttributes(entry.attributes(), out);
        switch (entry) {
            case Entry.File file -> {
                out.writeLong(file.size().orElse(-1));
                out.writeLong(stored.whole().size());
                out.writeInt(stored.whole().crc());
                writeText(stored.sha256().orElse(""), out);
            }
            case Entry.Directory _ -> {}
            case Entry.Link link -> writeText(link.target().toString(), out);
        }
        return bytes.toByteArray();
    }

    private static Stored decode(DataInputStream in) throws IOException {
        try {
            long id = in.readLong();
            EntryKind kind = EntryKind.valueOf(readText(in));
            RelativePath name = RelativePath.parse(readText(in));
            Attributes attributes = readAttributes(in);
            return switch (kind) {
                case FILE -> {
                    long size = in.readLong();
                    Entry.File file =
                            new Entry.File(name, size < 0 ? OptionalLong.empty() : OptionalLong.of(size), attributes);
                    IncomingFile.Whole whole = new IncomingFile.Whole(in.readLong(), in.readInt());
                    String sha256 = readText(in);
                    yield new Stored(id, file, whole, sha256.isEmpty() ? Optional.empty() : Optional.of(sha256));
                }
                case DIRECTORY -> withoutContent(id, new Entry.Directory(name, attributes));
                case LINK -> withoutContent(id, new Entry.Link(name, LinkTarget.parse(readText(in), name), attributes));
            };
        } catch (TransferException | DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("the list of the tree's entries is damaged", e);
        }
    }

    private static Stored withoutContent(long id, Entry entry) {
        return new Stored(id, entry, IncomingFile.Whole.NONE, Optional.empty());
    }

    private static void writeAttributes(Attributes attributes, DataOutputStream out) throws IOException {
        Optional<Instant> modified = attributes.modified();
        out.writeBoolean(modified.isPresent());
        out.writeLong(modified.map(Instant::getEpochSecond).orElse(0L));
        out.writeInt(modified.map(Instant::getNano).orElse(0));
        out.writeInt(attributes.mode().orElse(-1));
    }

    private static Attributes readAttributes(DataInputStream in) throws IOException {
        boolean hasTime = in.readBoolean();
        Instant modified = Instant.ofEpochSecond(in.readLong(), in.readInt());
        int mode = in.readInt();
        return new Attributes(
                hasTime ? Optional.of(modified) : Optional.empty(),
                mode < 0 ? OptionalInt.empty() : OptionalInt.of(mode));
    }

    private static void writeText(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
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
}
