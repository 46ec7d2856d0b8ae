package ferry.wire;

import static ferry.fuzz.Invariant.require;

import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The bodies of compressed frames: whatever they are, nothing is written beyond the length that the frame declares, what comes of
 * them does not depend on how they are cut, and the only error is CORRUPT_FRAME.
 *
 * <p>The first three bytes are the declared length; the rest is the body.
 */
public final class ZstdTarget {
    private static final int LENGTH_BYTES = 3;
    private static final int PIECE = 1000;

    /** Behind the room for content. */
    private static final int GUARD = 64;

    private static final byte GUARDED = 0x5a;

    private ZstdTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws TransferException {
        if (input.length <= LENGTH_BYTES) {
            return;
        }
        int declared = (input[0] & 0xff) << 16 | (input[1] & 0xff) << 8 | (input[2] & 0xff);
        int length = Math.clamp(declared, 1, Limits.MAX_BODY);
        ByteBuffer body = ByteBuffer.allocateDirect(input.length - LENGTH_BYTES)
                .put(input, LENGTH_BYTES, input.length - LENGTH_BYTES)
                .flip();
        ByteBuffer whole = room(length);
        ByteBuffer pieces = room(length);
        // Nobody can know the checksum of what comes of it before: the second time it is the right one.
        decode(length, 0, List.of(body.duplicate()), List.of(whole.slice(0, length)));
        int crc = Crc32c.of(whole.slice(0, length));
        boolean isDecoded = decode(length, crc, List.of(body.duplicate()), List.of(whole.slice(0, length)));
        boolean isDecodedInPieces = decode(length, crc, cut(body), cut(pieces.slice(0, length)));
        require(isDecoded == isDecodedInPieces, () -> "whole " + isDecoded + ", in pieces " + isDecodedInPieces);
        require(!isDecoded || whole.equals(pieces), () -> "other content in pieces");
        requireGuard(whole, length);
        requireGuard(pieces, length);
    }

    private static boolean decode(int length, int crc, List<ByteBuffer> body, List<ByteBuffer> content)
            throws TransferException {
        try (ZstdDecoder decoder = ZstdDecoder.open()) {
            decoder.decode(new Frame.Data(0, 0, length, crc, Encoding.ZSTD, 1), body, content);
            return true;
        } catch (TransferException e) {
            require(e.code() == ErrorCode.CORRUPT_FRAME, () -> "no error of a body: " + e);
            return false;
        }
    }

    private static ByteBuffer room(int length) {
        ByteBuffer room = ByteBuffer.allocateDirect(length + GUARD);
        for (int i = length; i < room.capacity(); i++) {
            room.put(i, GUARDED);
        }
        return room;
    }

    private static void requireGuard(ByteBuffer room, int length) {
        for (int i = length; i < room.capacity(); i++) {
            require(room.get(i) == GUARDED, () -> "more was written than the frame declares");
        }
    }

    private static List<ByteBuffer> cut(ByteBuffer bytes) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < bytes.limit(); from += PIECE) {
            pieces.add(bytes.slice(from, Math.min(PIECE, bytes.limit() - from)));
        }
        return pieces;
    }
}
