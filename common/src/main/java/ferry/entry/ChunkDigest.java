package ferry.entry;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of a chunk, by which two sides prove to each other that they have the same one; immutable. */
public final class ChunkDigest {
    /** Bytes in a digest. */
    public static final int LENGTH = 32;

    private final byte[] bytes;

    private ChunkDigest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Hashes the bytes between position and limit, neither of which moves. */
    public static ChunkDigest of(ByteBuffer content) {
        Hasher hasher = new Hasher();
        hasher.update(content);
        return hasher.finish();
    }

    /** Reads a digest's {@value #LENGTH} bytes and moves the position past them. */
    public static ChunkDigest read(ByteBuffer from) {
        byte[] bytes = new byte[LENGTH];
        from.get(bytes);
        return new ChunkDigest(bytes);
    }

    /** Writes the digest's {@value #LENGTH} bytes and moves the position past them. */
    public void write(ByteBuffer into) {
        into.put(bytes);
    }

    /** Takes as long for digests that differ early as for those that differ late. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkDigest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The digest in hexadecimal, as {@code sha256sum} prints it. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Hashes one chunk after the other, each piece by piece; for one thread. */
    public static final class Hasher {
        private final MessageDigest sha256;

        public Hasher() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        /** Appends the bytes between position and limit, neither of which moves. */
        public void update(ByteBuffer piece) {
            int position = piece.position();
            sha256.update(piece);
            piece.position(position);
        }

        /** The digest of all that was appended; the hasher begins anew. */
        public ChunkDigest finish() {
            return new ChunkDigest(sha256.digest());
        }
    }
}
