package ferry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * The file name that begins a connection of the classic protocol, put together from whatever pieces it arrives in:
 * section 3 of docs/PROTOCOL.md. One thread.
 *
 * <p>A name without a terminator ends by silence ({@link Limits#CLASSIC_NAME_SILENCE} after its last piece) or when the
 * sender half-closes; the caller has the clock and the connection, and then asks for {@link #name}.
 */
public final class ClassicHeader {
    private static final byte TLS_HANDSHAKE = 0x16;

    /** The name so far; a carriage return may follow the longest one. */
    private final byte[] name = new byte[Limits.MAX_CLASSIC_NAME_BYTES + 1];

    private int length;
    private Progress progress = Progress.NEED_MORE;

    /** What has arrived of the name. */
    public enum Progress {
        /** No terminator yet. */
        NEED_MORE,
        /** All of it. */
        COMPLETE
    }

    /**
     * Takes bytes up to the end of the name and its terminator; what {@code received} has left then is content.
     *
     * @throws TransferException NAME_REFUSED as soon as the name is too long
     */
    public Progress accept(ByteBuffer received) throws TransferException {
        if (progress == Progress.COMPLETE) {
            throw new IllegalStateException("the name is complete, what follows is content");
        }
        while (progress == Progress.NEED_MORE && received.hasRemaining()) {
            take(received.get());
        }
        boolean mayShrink = progress == Progress.NEED_MORE && endsWithReturn();
        if (length > Limits.MAX_CLASSIC_NAME_BYTES && !mayShrink) {
            throw tooLong(ErrorCode.NAME_REFUSED);
        }
        return progress;
    }

    /**
     * The name that has arrived, complete or not.
     *
     * @throws TransferException NAME_REFUSED if it is empty, too long, not UTF-8, not a single segment, or breaks a
     *     rule of {@link RelativePath}
     */
    public RelativePath name() throws TransferException {
        if (length > Limits.MAX_CLASSIC_NAME_BYTES) {
            throw tooLong(ErrorCode.NAME_REFUSED);
        }
        RelativePath path = RelativePath.decode(ByteBuffer.wrap(name, 0, length));
        if (path.depth() != 1) {
            throw new TransferException(ErrorCode.NAME_REFUSED, path.toString(), "expected a bare name, got a path");
        }
        return path;
    }

    /**
     * The bytes with which a sender begins, without a terminator.
     *
     * @throws TransferException SOURCE_NAME if the classic protocol cannot carry the name
     */
    public static ByteBuffer encode(String name) throws TransferException {
        if (name.isEmpty() || name.indexOf('\n') >= 0 || name.indexOf('\0') >= 0 || name.charAt(0) == TLS_HANDSHAKE) {
            throw new TransferException(
                            ErrorCode.SOURCE_NAME,
                            name,
                            "the classic protocol carries no name that is empty, has a newline or a NUL in it, or"
                                    + " begins with 0x16")
                    .withHint("leave --classic out, or give another name: send --classic --name NAME - TARGET < FILE");
        }
        try {
            ByteBuffer bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            if (bytes.remaining() > Limits.MAX_CLASSIC_NAME_BYTES) {
                throw tooLong(ErrorCode.SOURCE_NAME);
            }
            return bytes;
        } catch (CharacterCodingException e) {
            throw new TransferException(ErrorCode.SOURCE_NAME, name, "the name cannot be written in UTF-8", e);
        }
    }

    private void take(byte next) throws TransferException {
        switch (next) {
            case '\n' -> {
                length -= endsWithReturn() ? 1 : 0;
                progress = Progress.COMPLETE;
            }
            case 0 -> progress = Progress.COMPLETE;
            default -> {
                if (length == name.length) {
                    throw tooLong(ErrorCode.NAME_REFUSED);
                }
                name[length] = next;
                length++;
            }
        }
    }

    private boolean endsWithReturn() {
        return length > 0 && name[length - 1] == '\r';
    }

    private static TransferException tooLong(ErrorCode code) {
        return new TransferException(
                code, "file name", "longer than %d bytes".formatted(Limits.MAX_CLASSIC_NAME_BYTES));
    }
}
