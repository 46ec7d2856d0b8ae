package ferry.send;

import ferry.entry.ChunkDigest;
import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.wire.Frame;
import ferry.wire.FrameWriter;
import ferry.wire.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;

/**
 * Reads chunks of files and sends them as DATA, or what proves them as PROOF (docs/PROTOCOL.md, sections 5.6 and 5.7). For the
 * stream's thread alone, which waits here for the disk, for {@code --limit} and for the network.
 */
final class ContentSender {
    /** A frame: large enough that it costs the receiver little to hand it from thread to thread, and still in the cache. */
    private static final int PIECE = Limits.MAX_BODY;

    private final FrameWriter writer;
    private final Ledger ledger;
    private final Transfer transfer;
    private final TimeMeter meter;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    private final int largestPiece;

    /** Of the chunk that is under way. */
    private final Crc32c chunkCrc = new Crc32c();

    ContentSender(FrameWriter writer, Ledger ledger, Transfer transfer, TimeMeter meter) {
        this.writer = writer;
        this.ledger = ledger;
        this.transfer = transfer;
        this.meter = meter;
        this.largestPiece = Math.min(PIECE, transfer.limiter().largestPiece());
    }

    /** The checksums of a file that is about to be read. */
    WholeChecksums checksums() {
        return WholeChecksums.begin(transfer.request().sha256());
    }

    /** Does something with a piece of a chunk, which is ready to be read. */
    private interface PieceUser {
        void use(ByteBuffer piece, long offset) throws IOException, InterruptedException;
    }

    /**
     * Sends a chunk.
     *
     * @param listener sees its bytes
     * @return its CRC-32C
     * @throws TransferException SOURCE_CHANGED if the file ends too early, SOURCE_UNREADABLE, or what has ended the session
     */
    int send(long entry, SourceEntry.LocalFile file, FileChannel content, long chunk, PieceListener listener)
            throws IOException, TransferException, InterruptedException {
        chunkCrc.reset();
        forEachPiece(file, content, chunk, (bytes, offset) -> {
            listener.passes(bytes);
            write(entry, offset, chunkCrc.update(bytes));
        });
        return chunkCrc.value();
    }

    /**
     * Sends the proof of a chunk.
     *
     * @param listener sees its bytes
     * @return its CRC-32C
     * @throws TransferException as {@link #send}
     */
    int prove(long entry, SourceEntry.LocalFile file, FileChannel content, long chunk, PieceListener listener)
            throws IOException, TransferException, InterruptedException {
        chunkCrc.reset();
        ChunkDigest.Hasher hasher = new ChunkDigest.Hasher();
        forEachPiece(file, content, chunk, (bytes, offset) -> {
            listener.passes(bytes);
            chunkCrc.update(bytes);
            hasher.update(bytes);
            meter.spentOn(Bottleneck.SOURCE);
        });
        int length = Chunks.length(chunk, file.stamp().size());
        writer.write(new Frame.Proof(entry, chunk, length, hasher.finish()));
        return chunkCrc.value();
    }

    private void forEachPiece(SourceEntry.LocalFile file, FileChannel content, long chunk, PieceUser user)
            throws IOException, TransferException, InterruptedException {
        long offset = Chunks.start(chunk);
        long end = offset + Chunks.length(chunk, file.stamp().size());
        while (offset < end) {
            // A chunk takes long on a slow link, longer than somebody who has typed Ctrl-C should wait.
            ledger.requireGoingOn();
            piece.clear().limit((int) Math.min(largestPiece, end - offset));
            fill(file, content, offset);
            meter.spentOn(Bottleneck.SOURCE);
            piece.flip();
            int length = piece.remaining();
            user.use(piece, offset);
            offset += length;
        }
    }

    private void fill(SourceEntry.LocalFile file, FileChannel content, long offset) throws TransferException {
        try {
            while (piece.hasRemaining()) {
                if (content.read(piece, offset + piece.position()) < 0) {
                    throw new TransferException(
                            ErrorCode.SOURCE_CHANGED,
                            file.entry().path().toString(),
                            "it became shorter while it was sent");
                }
            }
        } catch (IOException e) {
            throw LocalFailure.of(file.entry().path().toString(), e);
        }
    }

    /**
     * Sends what standard input has, at most to the end of a chunk, and waits for no more than it has.
     *
     * @param whole of what was sent before, to which this is added
     * @return whether there may be more
     * @throws TransferException SOURCE_UNREADABLE
     */
    boolean sendSome(long entry, SourceEntry.StandardInput input, ReadableByteChannel content, WholeChecksums whole)
            throws IOException, TransferException, InterruptedException {
        long offset = whole.length();
        piece.clear().limit((int) Math.min(largestPiece, Chunks.SIZE - offset % Chunks.SIZE));
        int length;
        try {
            length = content.read(piece);
        } catch (IOException e) {
            throw LocalFailure.of(input.entry().path().toString(), e);
        }
        meter.spentOn(Bottleneck.SOURCE);
        if (length > 0) {
            piece.flip();
            whole.passes(piece);
            chunkCrc.reset();
            int crc = chunkCrc.update(piece);
            whole.append(crc, length);
            write(entry, offset, crc);
            writer.flush();
        }
        return length >= 0;
    }

    private void write(long entry, long offset, int crc) throws IOException, InterruptedException {
        int length = piece.remaining();
        transfer.limiter().acquire(length);
        meter.spentOn(Bottleneck.RATE_LIMIT);
        writer.writeData(entry, offset, crc, piece);
        meter.spentOn(Bottleneck.NETWORK);
        transfer.report().progress().moved(length);
    }
}
