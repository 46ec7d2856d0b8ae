package ferry.receive;

import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * The file beside a partial one that says which chunks of it were written whole.
 *
 * <pre>
 * journal = header, record...
 * header  = "FRYJ"   4 bytes
 *           version  u16            1
 *           size     i64            bytes of the whole file when it was last offered
 *           owner    u16, UTF-8     its name
 *           path     u16, UTF-8     below the folder that is received into
 *           crc      u32            CRC-32C of all before
 * record  = chunk    i64
 *           crc      u32            CRC-32C of the eight bytes before
 * </pre>
 *
 * <p>All numbers are big-endian. It is a hint: every chunk that it names is held against the sender's proof before it counts.
 * So it is never synced, it may be older or newer than the content, and it may be torn anywhere: a record that is damaged
 * names no chunk, and a header that is, none at all. No file is kept open. For one thread at a time.
 */
final class Journal {
    private static final int MAGIC = 0x4652594A;
    private static final short VERSION = 1;
    private static final int RECORD_BYTES = Long.BYTES + Integer.BYTES;
    private static final int FIXED_BYTES = Integer.BYTES + Short.BYTES + Long.BYTES + 2 * Short.BYTES + Integer.BYTES;

    private final Path file;
    private long end;

    /**
     * What partial file it is.
     *
     * @param path below the folder that is received into
     * @param size of the whole file
     */
    record Header(Owner owner, String path, long size) {}

    /** All that can be read of a journal. */
    record Content(Header header, ChunkRuns chunks) {}

    private Journal(Path file, long end) {
        this.file = file;
        this.end = end;
    }

    /** Reads what is whole of a journal; empty if that is not even the header. */
    static Optional<Content> read(Path file) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)))) {
            Optional<Header> header = readHeader(in);
            return header.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Content(
                            header.get(), readRecords(in, header.get().size())));
        }
    }

    /** Writes a journal that names these chunks, in place of the one that may be there. */
    static Journal write(Path file, Header header, ChunkRuns chunks) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        long end;
        try (FileChannel channel = FileChannel.open(
                next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Permissions.privateFile(next))) {
            writeFully(channel, encode(header), 0);
            for (long chunk : (Iterable<Long>) chunks.chunks()::iterator) {
                writeFully(channel, encode(chunk), channel.size());
            }
            end = channel.size();
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        return new Journal(file, end);
    }

    /** Appends a chunk. What fails (on a full disk) leaves no hole: the next record goes over it. */
    void add(long chunk) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            writeFully(channel, encode(chunk), end);
        }
        end += RECORD_BYTES;
    }

    private static ByteBuffer encode(Header header) {
        byte[] owner = header.owner().name().getBytes(StandardCharsets.UTF_8);
        byte[] path = header.path().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + owner.length + path.length)
                .putInt(MAGIC)
                .putShort(VERSION)
                .putLong(header.size())
                .putShort((short) owner.length)
                .put(owner)
                .putShort((short) path.length)
                .put(path);
        return seal(bytes);
    }

    private static ByteBuffer encode(long chunk) {
        return seal(ByteBuffer.allocate(RECORD_BYTES).putLong(chunk));
    }

    /** Appends the checksum of what was put. */
    private static ByteBuffer seal(ByteBuffer bytes) {
        int crc = Crc32c.of(bytes.duplicate().flip());
        return bytes.putInt(crc).flip();
    }

    private static Optional<Header> readHeader(DataInputStream in) throws IOException {
        try {
            if (in.readInt() != MAGIC || in.readShort() != VERSION) {
                return Optional.empty();
            }
            long size = in.readLong();
            String owner = readText(in);
            String path = readText(in);
            Header header = new Header(new Owner(owner), path, size);
            ByteBuffer expected = encode(header);
            return size >= 0 && in.readInt() == expected.getInt(expected.limit() - Integer.BYTES)
                    ? Optional.of(header)
                    : Optional.empty();
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private static String readText(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ChunkRuns readRecords(DataInputStream in, long size) throws IOException {
        ChunkRuns chunks = new ChunkRuns();
        long count = Chunks.count(size);
        byte[] record = new byte[RECORD_BYTES];
        while (in.readNBytes(record, 0, RECORD_BYTES) == RECORD_BYTES) {
            long chunk = ByteBuffer.wrap(record).getLong();
            if (chunk >= 0 && chunk < count && encode(chunk).equals(ByteBuffer.wrap(record))) {
                chunks.add(chunk);
            }
        }
        return chunks;
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long next = position;
        while (bytes.hasRemaining()) {
            next += channel.write(bytes, next);
        }
    }
}
