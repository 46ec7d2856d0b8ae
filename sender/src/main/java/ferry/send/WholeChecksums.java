package ferry.send;

import ferry.entry.ChunkDigest;
import ferry.entry.Crc32c;
import ferry.send.Outgoing.Whole;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The checksums of a file that is read from its beginning to its end: always the CRC-32C, which is put together from those of its
 * pieces, and the SHA-256 if the user wants to know. For one thread.
 */
final class WholeChecksums implements PieceListener {
    private final Crc32c crc = new Crc32c();
    private final Optional<ChunkDigest.Hasher> sha256;

    private WholeChecksums(Optional<ChunkDigest.Hasher> sha256) {
        this.sha256 = sha256;
    }

    /** Those of a file of which nothing was read. */
    static WholeChecksums begin(boolean withSha256) {
        return new WholeChecksums(withSha256 ? Optional.of(new ChunkDigest.Hasher()) : Optional.empty());
    }

    @Override
    public void passes(ByteBuffer piece) {
        sha256.ifPresent(hasher -> hasher.update(piece));
    }

    /** The next so many bytes have passed, and this is their CRC-32C. */
    void append(int pieceCrc, long length) {
        crc.append(pieceCrc, length);
    }

    /** Bytes that were appended. */
    long length() {
        return crc.length();
    }

    /** What is known now that all has passed; once. */
    Whole whole() {
        return new Whole(
                crc.length(), crc.value(), sha256.map(hasher -> hasher.finish().toString()));
    }
}
