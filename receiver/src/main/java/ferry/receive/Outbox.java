package ferry.receive;

import ferry.wire.Frame;
import ferry.wire.FrameWriter;
import ferry.wire.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The answers of a session on their way out, and the thread that writes them.
 *
 * <p>Any thread may add, and adding never waits, so a reader is never held up by a peer that does not read. The queue is
 * bounded all the same: an entry has at most one verdict, one STORED and one final answer in it, and an entry counts as in
 * flight, for the sender's credit, until the answer that ends its flight is taken from the queue to be written. When
 * there is nothing to say for a third of the peer's silence limit, a KEEPALIVE goes out (docs/PROTOCOL.md, section 6).
 */
final class Outbox {
    /** So many answers that credit does not bound may wait; whoever adds more of them waits. */
    private static final int PACED = 1024;

    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

    private sealed interface Item {
        record Answer(Frame frame) implements Item {}

        /** An answer that ends its entry's flight. */
        record Landing(Frame frame) implements Item {}

        record Paced(Frame frame) implements Item {}

        record Close() implements Item {}

        record Abort(Reason reason) implements Item {}
    }

    private final FrameWriter writer;
    private final Runnable broken;
    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Thread thread;
    private final Semaphore pace = new Semaphore(PACED);
    private volatile Duration keepAlive;

    /**
     * @param keepAlive after so much silence a KEEPALIVE is written, until {@link #keepAlive} says otherwise
     * @param broken is run once, on the outbox's thread, when the peer can't be written to any more
     */
    Outbox(FrameWriter writer, Duration keepAlive, Runnable broken) {
        this.writer = writer;
        this.keepAlive = keepAlive;
        this.broken = broken;
        this.thread = Thread.ofVirtual().name("outbox").unstarted(this::write);
    }

    void start() {
        thread.start();
    }

    void keepAlive(Duration interval) {
        keepAlive = interval;
    }

    void add(Frame answer) {
        items.add(new Item.Answer(answer));
    }

    /** Adds an answer that ends its entry's flight. */
    void land(Frame answer) {
        items.add(new Item.Landing(answer));
    }

    /** Counts an entry that was offered; returns how many are in flight now. */
    int takeOff() {
        return inFlight.incrementAndGet();
    }

    /** Counts an entry that the sender itself has ended. */
    void withdrawn() {
        inFlight.decrementAndGet();
    }

    /** Adds an answer that credit does not bound, for an entry that landed before; waits while too many of them wait. */
    void addPaced(Frame answer) {
        pace.acquireUninterruptibly();
        items.add(new Item.Paced(answer));
    }

    /** Writes what was added so far and ABORT, after which nothing follows. */
    void abort(Reason reason) {
        items.add(new Item.Abort(reason));
    }

    /** Writes what was added so far, then ends the thread; waits for it at most for the limit. */
    void close(Duration limit) {
        items.add(new Item.Close());
        try {
            thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            boolean more = true;
            while (more) {
                more = writeNext();
            }
        } catch (IOException e) {
            broken.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Nobody will take what is added from now on, and nobody shall wait for it.
            pace.release(Integer.MAX_VALUE / 2);
        }
    }

    private boolean writeNext() throws IOException, InterruptedException {
        Item item = items.poll();
        if (item == null) {
            writer.flush();
            item = items.poll(keepAlive.toNanos(), TimeUnit.NANOSECONDS);
        }
        switch (item) {
            case null -> writer.write(new Frame.KeepAlive());
            case Item.Answer(Frame frame) -> writer.write(frame);
            case Item.Landing(Frame frame) -> {
                // Before the bytes leave: the sender may use the credit as soon as it has read them.
                inFlight.decrementAndGet();
                writer.write(frame);
            }
            case Item.Paced(Frame frame) -> {
                pace.release();
                writer.write(frame);
            }
            case Item.Close() -> {
                writer.flush();
                return false;
            }
            case Item.Abort(Reason reason) -> {
                writer.abort(reason, ABORT_PATIENCE);
                return false;
            }
        }
        return true;
    }
}
