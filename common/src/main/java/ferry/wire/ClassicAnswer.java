package ferry.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import ferry.error.Printable;
import java.nio.ByteBuffer;

/**
 * What a receiver of the classic protocol says, put together from whatever pieces it arrives in: {@code ok}, or one
 * line of refusal; section 3 of docs/PROTOCOL.md. One thread.
 */
public final class ClassicAnswer {
    private static final String OK = "ok";
    private static final String ERROR = "error:";
    private static final String LINE_END = "\n";

    private final boolean acceptable;

    private final ByteBuffer line = ByteBuffer.allocate(Limits.MAX_TEXT_BYTES);
    private Progress progress = Progress.NEED_MORE;

    /** What has arrived of the answer. */
    public enum Progress {
        /** Neither {@code ok} nor a whole line. */
        NEED_MORE,
        /** The receiver takes the file. */
        ACCEPTED,
        /** Anything else, of which {@link ClassicAnswer#text} tells. */
        REFUSED
    }

    private ClassicAnswer(boolean acceptable) {
        this.acceptable = acceptable;
    }

    /** The answer to the file name. */
    public static ClassicAnswer toName() {
        return new ClassicAnswer(true);
    }

    /** What comes after {@code ok}, if anything: never accepted, but for a line end that belongs to the ok. */
    public static ClassicAnswer toContent() {
        return new ClassicAnswer(false);
    }

    /** Takes bytes up to the end of the answer; whatever {@code received} has left then belongs to the next one. */
    public Progress accept(ByteBuffer received) {
        while (progress == Progress.NEED_MORE && received.hasRemaining()) {
            take(received.get());
        }
        return progress;
    }

    /** The receiver has closed: what has arrived is all. Still {@code NEED_MORE} if that is nothing. */
    public Progress end() {
        if (progress == Progress.NEED_MORE && !text().isEmpty()) {
            progress = Progress.REFUSED;
        }
        return progress;
    }

    /** The refusal for people, from the peer and not yet escaped, without what only marks it as one. */
    public String text() {
        String text = line();
        return isExplained() ? text.substring(ERROR.length()).strip() : text;
    }

    /** Whether a refusal is marked as one, so that {@link #text} is the receiver's reason and not just what it said. */
    public boolean isExplained() {
        return line().startsWith(ERROR);
    }

    private String line() {
        return new String(line.array(), 0, line.position(), UTF_8).strip();
    }

    /** The answer that takes a file. */
    public static ByteBuffer ok() {
        return ByteBuffer.wrap(OK.getBytes(US_ASCII));
    }

    /** The answer that refuses one; the text is escaped, so that it stays one line, and cut to its maximum. */
    public static ByteBuffer refusal(String text) {
        int room = Limits.MAX_TEXT_BYTES - LINE_END.length();
        return ByteBuffer.wrap((Reason.fit(ERROR + " " + Printable.escape(text), room) + LINE_END).getBytes(UTF_8));
    }

    private void take(byte next) {
        if (next == '\n' && (acceptable || !text().isEmpty())) {
            progress = Progress.REFUSED;
            return;
        }
        line.put(next);
        if (acceptable && line.position() == OK.length() && text().equals(OK)) {
            progress = Progress.ACCEPTED;
        } else if (!line.hasRemaining()) {
            progress = Progress.REFUSED;
        }
    }
}
