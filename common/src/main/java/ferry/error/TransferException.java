package ferry.error;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transfer, or one entry of it, failed for a reason that somebody can act on; immutable.
 *
 * <p>The message is {@code what: why}, in lower case and without a period, with the path or the peer as the what.
 * It may hold text from the peer: whoever shows it passes it through {@link Printable}.
 */
public final class TransferException extends Exception {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final String what;
    private final String why;

    @SuppressWarnings("serial") // Nobody serializes it, and List.of would bear it.
    private final List<String> hints;

    public TransferException(ErrorCode code, String what, String why) {
        this(code, what, why, null, List.of());
    }

    public TransferException(ErrorCode code, String what, String why, Throwable cause) {
        this(code, what, why, cause, List.of());
    }

    private TransferException(ErrorCode code, String what, String why, @Nullable Throwable cause, List<String> hints) {
        super(what + ": " + why, cause);
        this.code = code;
        this.what = what;
        this.why = why;
        this.hints = hints;
    }

    public ErrorCode code() {
        return code;
    }

    /** What failed: a path, a peer, or what was being done. */
    public String what() {
        return what;
    }

    /** Why it failed; the text of a FAILED frame, whose entry already says what. */
    public String why() {
        return why;
    }

    /** What to do about it, each a line that can be typed or followed; empty when nobody knows. */
    public List<String> hints() {
        return hints;
    }

    /** The same failure, thrown from the same place, with one more hint after those it has. */
    public TransferException withHint(String hint) {
        return with(what, Stream.concat(hints.stream(), Stream.of(hint)).toList());
    }

    /** The same failure, thrown from the same place, told of something that is known better from where it is caught. */
    public TransferException withWhat(String other) {
        return with(other, hints);
    }

    private TransferException with(String newWhat, List<String> newHints) {
        TransferException changed = new TransferException(code, newWhat, why, getCause(), newHints);
        changed.setStackTrace(getStackTrace());
        for (Throwable suppressed : getSuppressed()) {
            changed.addSuppressed(suppressed);
        }
        return changed;
    }
}
