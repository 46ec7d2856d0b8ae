package ferry.receive;

import ferry.wire.Frame;
import ferry.wire.FrameWriter;
import ferry.wire.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The answers of a session on their way out, and the thread that writes them.
 *
 * <p>Any thread may add, and adding never waits, so a reader is never held up by a peer that does not read. The queue is
 * bounded all the same. An answer to an entry without content ends its flight when it is taken from the queue to be written,
 * so the sender's credit bounds those. A file's flight ends earlier if the sender withdraws the file; therefore each answer to
 * a file counts as open until it is taken, and with too many open no further offer is read ({@link OpenEntries}). When there is nothing to say for a third of the peer's silence limit, a KEEPALIVE goes out
 * (docs/PROTOCOL.md, section 6).
 */
final class Outbox {
    /** So many answers that credit does not bound may wait; whoever adds more of them waits. */
    private static final int PACED = 16;

    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

    /** Hears how the outbox ends. Called on its thread. */
    interface Ending {
        /** ABORT was written as far as possible, and nothing follows. */
        void aborted();

        /** The peer can't be written to any more. */
        void broken();
    }

    /**
     * Something to say.
     *
     * @param taken is run once: before the bytes leave, since the peer may act on the answer as soon as it has read it, or
     *     because nothing more is written
     */
    record Answer(Frame frame, Runnable taken) {}

    private sealed interface Item {
        record Answers(List<Answer> all) implements Item {}

        record Close() implements Item {}

        record Abort(Reason reason) implements Item {}
    }

    private final FrameWriter writer;
    private final Ending ending;
    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final Semaphore pace = new Semaphore(PACED);
    private volatile Duration keepAlive;

    /** Whether nobody takes items any more. */
    private volatile boolean over;

    /** @param keepAlive after so much silence a KEEPALIVE is written, until {@link #keepAlive} says otherwise */
    Outbox(FrameWriter writer, Duration keepAlive, Ending ending) {
        this.writer = writer;
        this.keepAlive = keepAlive;
        this.ending = ending;
        this.thread = Thread.ofVirtual().name("outbox").unstarted(this::write);
    }

    void start() {
        thread.start();
    }

    void keepAlive(Duration interval) {
        keepAlive = interval;
    }

    void add(Frame answer) {
        add(answer, () -> {});
    }

    void add(Frame answer, Runnable taken) {
        addAll(List.of(new Answer(answer, taken)));
    }

    /** Adds answers that go out together. */
    void addAll(List<Answer> answers) {
        post(new Item.Answers(answers));
    }

    /** Adds an answer that credit does not bound, for an entry that landed before; waits while too many of them wait. */
    void addPaced(Frame answer) {
        pace.acquireUninterruptibly();
        add(answer, pace::release);
    }

    /** Writes what was added so far and ABORT, after which nothing follows. */
    void abort(Reason reason) {
        post(new Item.Abort(reason));
    }

    /** Writes what was added so far, then ends the thread; waits for it at most for the limit. */
    void close(Duration limit) {
        post(new Item.Close());
        try {
            thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void post(Item item) {
        items.add(item);
        if (over) {
            discard();
        }
    }

    /** Nobody will write what is here: it must not pile up, and nobody shall wait for it. */
    private void discard() {
        for (Item item = items.poll(); item != null; item = items.poll()) {
            if (item instanceof Item.Answers(List<Answer> all)) {
                all.forEach(answer -> answer.taken().run());
            }
        }
    }

    private void write() {
        try {
            boolean more = true;
            while (more) {
                more = writeNext();
            }
        } catch (IOException | RuntimeException e) {
            ending.broken();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over = true;
            discard();
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
            case Item.Answers(List<Answer> all) -> {
                all.forEach(answer -> answer.taken().run());
                for (Answer answer : all) {
                    writer.write(answer.frame());
                }
            }
            case Item.Close() -> {
                writer.flush();
                return false;
            }
            case Item.Abort(Reason reason) -> {
                writer.abort(reason, ABORT_PATIENCE);
                ending.aborted();
                return false;
            }
        }
        return true;
    }
}
