package ferry.receive;

import ferry.error.TransferException;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes compressed bodies of one stream: first all of a body, then room for its content, and only then a decoder, so that nobody waits
 * for a peer or a disk while holding one. For the thread that reads the stream.
 */
final class CompressedBody {
    private final Window content;

    /** What has come of a body. At most one is held, so nobody waits here. */
    private final Window packed;

    private final Decoders decoders;

    /** Pays for bytes as they come. */
    @FunctionalInterface
    interface Toll {
        void pay(int bytes) throws InterruptedException;
    }

    /** @param content what the decoded content counts into */
    CompressedBody(Window content, Window packed, Decoders decoders) {
        this.content = content;
        this.packed = packed;
        this.decoders = decoders;
    }

    /**
     * Reads the body of the frame and decodes it.
     *
     * @return its content in pieces, in order, which the caller must pass on or release
     */
    List<Piece> take(Frame.Data data, FrameReader body, Toll toll, int largestRead)
            throws IOException, TransferException, InterruptedException {
        List<Piece> came = new ArrayList<>();
        List<Piece> decoded = new ArrayList<>();
        boolean whole = false;
        try {
            read(body, came, toll, largestRead);
            makeRoom(data, decoded);
            decoders.decode(data, buffers(came), buffers(decoded));
            decoded.getLast().endsFrame(new Piece.FrameEnd(data.offset(), data.length(), data.crc()));
            whole = true;
            return decoded;
        } finally {
            came.forEach(Piece::release);
            if (!whole) {
                decoded.forEach(Piece::release);
            }
        }
    }

    private void read(FrameReader body, List<Piece> came, Toll toll, int largestRead)
            throws IOException, TransferException, InterruptedException {
        while (body.bodyRemaining() > 0) {
            Piece piece = packed.take(body.bodyRemaining());
            came.add(piece);
            ByteBuffer buffer = piece.buffer();
            int room = buffer.limit();
            while (buffer.hasRemaining() && body.bodyRemaining() > 0) {
                buffer.limit(Math.min(room, buffer.position() + largestRead));
                toll.pay(body.readBody(buffer));
                buffer.limit(room);
            }
            buffer.flip();
        }
    }

    private void makeRoom(Frame.Data data, List<Piece> decoded) throws InterruptedException {
        for (int made = 0; made < data.length(); ) {
            Piece piece = content.take(data.length() - made);
            decoded.add(piece);
            piece.buffer().limit(Math.min(piece.buffer().limit(), data.length() - made));
            piece.at(data.offset() + made);
            made += piece.buffer().remaining();
        }
    }

    private static List<ByteBuffer> buffers(List<Piece> pieces) {
        return pieces.stream().map(Piece::buffer).toList();
    }
}
