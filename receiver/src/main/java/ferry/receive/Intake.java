package ferry.receive;

import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.TransferProgress;
import ferry.net.RateLimiter;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Takes the bodies of a stream's DATA frames, as fast as the disk takes them and the sender is allowed to send.
 *
 * <p>For the thread that reads the stream, which waits here for the disk or for its time, never for another peer; the
 * number of bytes may be asked for by any.
 */
final class Intake {
    private final Window window;
    private final RateLimiter limiter;
    private final TransferProgress progress;
    private final Liveliness liveliness;
    private final DiskShortcut disk;
    private final LongAdder bytes;
    private final Decoders decoders;
    private final CompressedBody compressed;
    private final long begin = System.nanoTime();
    private long heldBackNanos;

    /**
     * The intake of a first stream.
     *
     * @param limiter what all streams of the sender share
     */
    Intake(
            Window window,
            RateLimiter limiter,
            TransferProgress progress,
            Liveliness liveliness,
            Decoders decoders,
            DiskShortcut disk) {
        this(window, limiter, progress, liveliness, decoders, disk, new LongAdder());
    }

    private Intake(
            Window window,
            RateLimiter limiter,
            TransferProgress progress,
            Liveliness liveliness,
            Decoders decoders,
            DiskShortcut disk,
            LongAdder bytes) {
        this.decoders = decoders;
        this.compressed = new CompressedBody(window, window.another(), decoders);
        this.bytes = bytes;
        this.disk = disk;
        this.window = window;
        this.limiter = limiter;
        this.progress = progress;
        this.liveliness = liveliness;
    }

    /** The same for another stream of the transfer, whose bytes count together with those of this one. */
    Intake ofFurtherStream(Window other) {
        return new Intake(other, limiter, progress, liveliness, decoders, disk, bytes);
    }

    /** Bytes of content that have arrived over all streams, decoded, wanted or not. */
    long bytes() {
        return bytes.sum();
    }

    /** What the stream waited for. */
    Bottleneck limitedBy() {
        boolean isHeldBack = heldBackNanos > (System.nanoTime() - begin) / 2;
        return isHeldBack ? Bottleneck.RATE_LIMIT : window.limitedBy();
    }

    /** Reads the body of the frame and hands it to its file. */
    void take(Frame.Data data, FrameReader body, IncomingFile file)
            throws IOException, TransferException, InterruptedException {
        switch (data.encoding()) {
            case PLAIN -> takePlain(data, body, file);
            case ZSTD -> {
                List<Piece> content = compressed.take(data, body, this::passed, limiter.largestPiece());
                count(data);
                content.forEach(piece -> hand(piece, file));
            }
        }
    }

    private void takePlain(Frame.Data data, FrameReader body, IncomingFile file)
            throws IOException, TransferException, InterruptedException {
        long offset = data.offset();
        while (body.bodyRemaining() > 0) {
            Piece piece = window.take(body.bodyRemaining());
            offset += fill(piece, offset, body);
            if (body.bodyRemaining() == 0) {
                piece.endsFrame(new Piece.FrameEnd(data.offset(), data.length(), data.crc()));
            }
            hand(piece, file);
        }
    }

    private void hand(Piece piece, IncomingFile file) {
        long before = System.nanoTime();
        liveliness.begin();
        try {
            file.arrived(piece, disk);
        } finally {
            liveliness.end();
        }
        window.waited(System.nanoTime() - before);
    }

    /** Reads the body of a frame whose entry has ended. */
    void skip(Frame.Data data, FrameReader body) throws IOException, TransferException, InterruptedException {
        body.skipBody();
        count(data);
        for (int left = data.bodyLength(); left > 0; left -= limiter.largestPiece()) {
            passed(Math.min(left, limiter.largestPiece()));
        }
    }

    private void count(Frame.Data data) {
        bytes.add(data.length());
        progress.moved(data.length(), data.bodyLength());
    }

    /** Fills what there is room for; returns how many bytes that is. */
    private int fill(Piece piece, long offset, FrameReader body)
            throws IOException, TransferException, InterruptedException {
        boolean filled = false;
        try {
            ByteBuffer buffer = piece.buffer();
            int room = buffer.limit();
            while (buffer.hasRemaining() && body.bodyRemaining() > 0) {
                buffer.limit(Math.min(room, buffer.position() + limiter.largestPiece()));
                moved(body.readBody(buffer));
                buffer.limit(room);
            }
            buffer.flip();
            piece.at(offset);
            filled = true;
            return buffer.limit();
        } finally {
            if (!filled) {
                piece.release();
            }
        }
    }

    private void moved(int count) throws InterruptedException {
        bytes.add(count);
        progress.moved(count);
        passed(count);
    }

    /** So many bytes have come from the network. */
    private void passed(int count) throws InterruptedException {
        liveliness.moved(count);
        long before = System.nanoTime();
        limiter.acquire(count);
        long waited = System.nanoTime() - before;
        heldBackNanos += waited;
        liveliness.heldUp(waited);
    }
}
