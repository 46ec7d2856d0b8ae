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
    /** What to compute. */
    enum Kind {
        CRC32C,
        /** As well, at a fraction of the speed. */
        WITH_SHA256
    }

    /** Reads a file, a symbolic link not followed. */
    static FileChecksums of(Path file, Kind kind) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return of(channel, kind);
        }
    }

    /** Reads an open file from its beginning; its position does not matter. */
    static FileChecksums of(FileChannel channel, Kind kind) throws IOException {
        Crc32c crc = new Crc32c();
        Optional<ChunkDigest.Hasher> hasher =
                kind == Kind.WITH_SHA256 ? Optional.of(new ChunkDigest.Hasher()) : Optional.empty();
        ByteBuffer piece = ScratchBuffer.get();
        for (long offset = 0; channel.read(piece.clear(), offset) >= 0; offset += piece.limit()) {
            piece.flip();
            crc.update(piece);
            hasher.ifPresent(sha256 -> sha256.update(piece));
        }
        return new FileChecksums(
                crc.value(), hasher.map(sha256 -> sha256.finish().toString()));
    }
}
