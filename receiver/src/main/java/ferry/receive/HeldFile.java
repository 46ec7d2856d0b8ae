package ferry.receive;

import ferry.wire.Frame;
import ferry.wire.Limits;

/**
 * The small file that was offered last, as long as its content may be about to follow: if all of it comes at once, it goes to
 * {@link WholeFiles}, else it is begun like any other. For the stream's reader alone.
 */
final class HeldFile {
    private final IncomingFile file;
    private boolean isFull;

    private HeldFile(IncomingFile file) {
        this.file = file;
        this.isFull = size(file) == 0;
    }

    static HeldFile of(IncomingFile file) {
        return new HeldFile(file);
    }

    /** Whether the content of such a file may come with its offer. */
    static boolean suits(IncomingFile file) {
        return size(file) <= Limits.MAX_EAGER_FILE;
    }

    IncomingFile file() {
        return file;
    }

    /** Whether nothing is missing but END, for which no sender waits. */
    boolean isFull() {
        return isFull;
    }

    /** Takes note of a frame that is about to be handled; false if it is none that makes this file whole. */
    boolean isContinuedBy(Frame frame) {
        return switch (frame) {
            case Frame.Data data -> {
                boolean isAll = !isFull && data.entry() == file.number() && data.length() == size(file);
                isFull |= isAll;
                yield isAll;
            }
            case Frame.End end -> isFull && end.entry() == file.number();
            case Frame.KeepAlive _ -> true;
            default -> false;
        };
    }

    private static long size(IncomingFile file) {
        return file.entry().size().orElse(Long.MAX_VALUE);
    }
}
