package ferry.receive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/**
 * A set of paths in a file in staging, so that a million of them take no memory: a table of the first eight bytes of their SHA-256,
 * at least half of it free, in which a path is looked for from its own place on. Two paths count as one with a chance of 2^-64.
 * For one thread.
 */
final class PathSet implements AutoCloseable {
    private static final int SLOT_BYTES = Long.BYTES;
    private static final long FREE = 0;
    private static final long MIN_SLOTS = 1_024;

    private final FileChannel channel;
    private final long slots;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT_BYTES);
    private final MessageDigest digest;
    private long size;

    private PathSet(FileChannel channel, long slots) {
        this.channel = channel;
        this.slots = slots;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Makes an empty one.
     *
     * @param file which is not there yet; it goes with its folder
     * @param most how many paths will be added at most
     */
    static PathSet create(Path file, long most) throws IOException {
        long slots = Math.max(MIN_SLOTS, Long.highestOneBit(most) * 4);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                Permissions.privateFile(file));
        return new PathSet(channel, slots);
    }

    void add(String path) throws IOException {
        long hash = hash(path);
        long at = find(hash);
        if (read(at) != FREE) {
            return;
        }
        size++;
        slot.clear().putLong(hash).flip();
        while (slot.hasRemaining()) {
            channel.write(slot, at * SLOT_BYTES + slot.position());
        }
    }

    /** How many different ones were added. */
    long size() {
        return size;
    }

    boolean contains(String path) throws IOException {
        return read(find(hash(path))) != FREE;
    }

    /** The slot in which it is, or would be. */
    private long find(long hash) throws IOException {
        long at = hash & (slots - 1);
        for (long found = read(at); found != FREE && found != hash; found = read(at)) {
            at = (at + 1) & (slots - 1);
        }
        return at;
    }

    private long read(long at) throws IOException {
        slot.clear();
        while (slot.hasRemaining()) {
            if (channel.read(slot, at * SLOT_BYTES + slot.position()) < 0) {
                if (slot.position() > 0) {
                    throw new EOFException("the set of paths is torn");
                }
                // Nothing was ever written so far behind.
                return FREE;
            }
        }
        return slot.flip().getLong();
    }

    private long hash(String path) {
        long hash = ByteBuffer.wrap(digest.digest(path.getBytes(StandardCharsets.UTF_8)))
                .getLong();
        return hash == FREE ? 1 : hash;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
