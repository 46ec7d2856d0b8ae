package ferry.send;

import ferry.wire.FrameWriter;
import java.io.IOException;
import java.time.Duration;

/**
 * Says that we are alive over a further stream while nothing else is sent there, whatever its own thread waits for: its source, its
 * turn, or something to send (docs/PROTOCOL.md, section 6). Has a thread of its own.
 */
final class KeepAlive implements AutoCloseable {
    private final FrameWriter writer;
    private final Duration pause;
    private final Thread thread;

    private KeepAlive(int stream, FrameWriter writer, Duration silence) {
        this.writer = writer;
        // Asked so often, the writer keeps each pause below a third of the limit.
        this.pause = silence.dividedBy(6);
        this.thread =
                Thread.ofPlatform().daemon().name("ferry-keep-alive-" + stream).unstarted(this::write);
    }

    /**
     * Begins to.
     *
     * @param silence after how long the receiver gives the stream up
     */
    static KeepAlive start(int stream, FrameWriter writer, Duration silence) {
        KeepAlive keepAlive = new KeepAlive(stream, writer, silence);
        keepAlive.thread.start();
        return keepAlive;
    }

    private void write() {
        try {
            while (true) {
                Thread.sleep(pause);
                writer.tryKeepAlive();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The stream finds out by itself.
        }
    }

    /** Ends it at once; if it is writing, that closes the connection. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
