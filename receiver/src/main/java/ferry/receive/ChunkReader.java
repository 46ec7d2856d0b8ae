package ferry.receive;

import ferry.entry.ChunkDigest;
import ferry.entry.Crc32c;
import ferry.error.TransferException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads parts of files that are here, a buffer at a time; for disk threads, whose scratch buffer it uses. */
final class ChunkReader {
    /** Takes what was read on its way elsewhere: the bytes between position and limit. */
    @FunctionalInterface
    interface Sink {
        /** Reads only. */
        Sink NONE = (bytes, offset) -> {};

        void accept(ByteBuffer bytes, long offset) throws TransferException;
    }

    private ChunkReader() {}

    /**
     * Hashes a part of a file, and hands over what it reads.
     *
     * @throws EOFException if the file ends before
     */
    static ChunkSum sum(FileChannel channel, long start, int length, Sink sink) throws IOException, TransferException {
        ChunkDigest.Hasher hasher = new ChunkDigest.Hasher();
        Crc32c crc = new Crc32c();
        ByteBuffer scratch = ScratchBuffer.get();
        for (int done = 0; done < length; done += scratch.limit()) {
            scratch.clear().limit(Math.min(scratch.capacity(), length - done));
            read(channel, scratch, start + done);
            hasher.update(scratch);
            crc.update(scratch);
            sink.accept(scratch.duplicate(), start + done);
        }
        return new ChunkSum(hasher.finish(), crc.value(), length);
    }

    /** Fills the buffer and makes it ready to be read. */
    static void read(FileChannel channel, ByteBuffer into, long offset) throws IOException {
        long position = offset;
        while (into.hasRemaining()) {
            int read = channel.read(into, position);
            if (read < 0) {
                throw new EOFException("it ends at byte %d".formatted(position));
            }
            position += read;
        }
        into.flip();
    }
}
