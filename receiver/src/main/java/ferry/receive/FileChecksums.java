package ferry.receive;

import ferry.entry.ChunkDigest;
import ferry.entry.Crc32c;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The checksums of a whole file as it is on the disk; immutable.
 *
 * @param sha256 64 hexadecimal digits; empty unless it was asked for
 */
record FileChecksums(int crc32c, Optional<String> sha256) {
    /** Reads a file, a symbolic link not followed. */
    static FileChecksums of(Path file, boolean withSha256) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return of(channel, withSha256);
        }
    }

    /** Reads an open file from its beginning; its position does not matter. */
    static FileChecksums of(FileChannel channel, boolean withSha256) throws IOException {
        Crc32c crc = new Crc32c();
        ChunkDigest.Hasher hasher = new ChunkDigest.Hasher();
        ByteBuffer piece = ScratchBuffer.get();
        for (long offset = 0; channel.read(piece.clear(), offset) >= 0; offset += piece.limit()) {
            piece.flip();
            crc.update(piece);
            if (withSha256) {
                hasher.update(piece);
            }
        }
        return new FileChecksums(
                crc.value(), withSha256 ? Optional.of(hasher.finish().toString()) : Optional.empty());
    }
}
