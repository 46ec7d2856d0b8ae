package ferry.wire;

/**
 * Sees every frame that a reader or a writer handles, for {@code -v}.
 *
 * <p>It is called by the thread that reads or writes, with the stream's writer lock held: it must be quick, must not
 * throw, and must not call back.
 */
@FunctionalInterface
public interface FrameTrace {
    /** Sees nothing, and costs nothing. */
    FrameTrace OFF = (direction, frame) -> {};

    /** Which way a frame went. */
    enum Direction {
        SENT,
        RECEIVED
    }

    void frame(Direction direction, Frame frame);
}
