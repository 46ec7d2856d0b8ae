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
 * stream's thread alone, which waits here for the disk, for {@code --limit} and for the network; and compresses if that pays.
 */
final class ContentSender implements AutoCloseable {
    /** A frame: large enough that it costs the receiver little to hand it from thread to thread, and still in the cache. */
    private static final int PIECE = Limits.MAX_BODY;

    /** The entry of a piece that is read to be proved. */
    private static final long NOT_SENT = -1;

    private final FrameWriter writer;
    private final Ledger ledger;
    private final Transfer transfer;
    private final TimeMeter meter;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);

    /** Half of it, for what is left of the other half when that is compressed. */
    private final ByteBuffer body = piece.slice(FrameCompressor.MOST, PIECE - FrameCompressor.MOST);

    private final CompressionPlan compression;
    private final FrameCompressor compressor;
    private final int largestPiece;

    /** Of the chunk that is under way. */
    private final Crc32c chunkCrc = new Crc32c();

    /** Whether the piece that is under way is to be compressed; then it leaves room for that. */
    private boolean isToBeCompressed;

    ContentSender(FrameWriter writer, Ledger ledger, Transfer transfer, TimeMeter meter, CompressionPlan compression) {
        this.writer = writer;
        this.ledger = ledger;
        this.transfer = transfer;
        this.meter = meter;
        this.compression = compression;
        this.compressor = new FrameCompressor(compression);
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
        forEachPiece(entry, file, content, chunk, (bytes, offset) -> {
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
        forEachPiece(NOT_SENT, file, content, chunk, (bytes, offset) -> {
            listener.passes(bytes);
            chunkCrc.update(bytes);
            hasher.update(bytes);
            meter.spentOn(Bottleneck.SOURCE);
        });
        int length = Chunks.length(chunk, file.stamp().size());
        writer.write(new Frame.Proof(entry, chunk, length, hasher.finish()));
        return chunkCrc.value();
    }

    private void forEachPiece(long entry, SourceEntry.LocalFile file, FileChannel content, long chunk, PieceUser user)
            throws IOException, TransferException, InterruptedException {
        long offset = Chunks.start(chunk);
        long end = offset + Chunks.length(chunk, file.stamp().size());
        while (offset < end) {
            // A chunk takes long on a slow link, longer than somebody who has typed Ctrl-C should wait.
            ledger.requireGoingOn();
            piece.clear().limit(next(entry, end - offset));
            fill(file, content, offset);
            meter.spentOn(Bottleneck.SOURCE);
            piece.flip();
            int length = piece.remaining();
            user.use(piece, offset);
            offset += length;
        }
    }

    /** How much of what is left to read for the next piece; decides whether it is to be compressed, if it is to be sent at all. */
    private int next(long entry, long left) {
        isToBeCompressed = entry != NOT_SENT && compressor.tries(entry, left);
        int most = isToBeCompressed ? Math.min(FrameCompressor.MOST, largestPiece) : largestPiece;
        return (int) Math.min(most, left);
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
        piece.clear().limit(next(entry, Chunks.SIZE - offset % Chunks.SIZE));
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
        boolean isCompressed = isToBeCompressed && compressor.compress(piece, body.clear());
        // Whether it has brought anything or not: it is no waiting for the network.
        long computing = isToBeCompressed ? meter.spentOn(Bottleneck.SOURCE) : 0;
        if (isCompressed) {
            int wire = body.remaining();
            long waiting = allow(wire);
            writer.writeZstd(entry, offset, length, crc, body);
            compression.wentCompressed(length, computing, waiting + meter.spentOn(Bottleneck.NETWORK));
            transfer.report().progress().moved(length, wire);
        } else {
            long waiting = allow(length);
            writer.writeData(entry, offset, crc, piece);
            compression.wentPlain(length, waiting + meter.spentOn(Bottleneck.NETWORK));
            transfer.report().progress().moved(length);
        }
    }

    /** Waits until so much may go over the network; returns the nanoseconds. */
    private long allow(int bytes) throws InterruptedException {
        transfer.limiter().acquire(bytes);
        return meter.spentOn(Bottleneck.RATE_LIMIT);
    }

    /** Gives back what compressing needs. */
    @Override
    public void close() {
        compressor.close();
    }
}
