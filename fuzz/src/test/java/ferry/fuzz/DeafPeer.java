package ferry.fuzz;

import ferry.net.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A connection in memory whose peer says what it was told to, part by part, and then ends it. Between two parts it gives the other
 * side a few milliseconds to answer, less if it has said enough. Thread-safe; its monitor guards everything.
 */
public final class DeafPeer implements Connection {
    /** How long an answer may take before it is no longer waited for. */
    private static final long PATIENCE_MILLIS = 4;

    /** How the peer leaves. */
    public enum Leaving {
        PROPERLY,
        BY_RESET
    }

    /** What the peer says at once. */
    public static final class Part {
        private final byte[] bytes;
        private final Predicate<byte[]> when;

        private Part(byte[] bytes, Predicate<byte[]> when) {
            this.bytes = bytes;
            this.when = when;
        }

        public static Part atOnce(byte[] bytes) {
            return new Part(bytes, answers -> true);
        }

        /** Nothing, but what follows waits until enough was answered, as the predicate says of all answers so far. */
        public static Part waiting(Predicate<byte[]> enough) {
            return new Part(new byte[0], enough);
        }
    }

    private final List<Part> parts;
    private final int piece;
    private final Leaving leaving;
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private int next;
    private ByteBuffer present = ByteBuffer.allocate(0);
    private boolean closed;
    private boolean aborted;
    private boolean answersOver;

    /** @param piece how many bytes are delivered at once, at most */
    public DeafPeer(List<Part> parts, int piece, Leaving leaving) {
        this.parts = List.copyOf(parts);
        this.piece = piece;
        this.leaving = leaving;
    }

    /** All that it was answered. */
    public synchronized byte[] answers() {
        return answers.toByteArray();
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Whether it was closed in a way that nobody takes for a proper end. */
    public synchronized boolean isAborted() {
        return aborted;
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        if (!present()) {
            return -1;
        }
        int count = Math.min(Math.min(piece, into.remaining()), present.remaining());
        into.put(present.slice(present.position(), count));
        present.position(present.position() + count);
        return count;
    }

    @Override
    public int read(ByteBuffer into, Duration patience) throws IOException {
        return read(into);
    }

    @Override
    public synchronized int peek() throws IOException {
        return present() ? Byte.toUnsignedInt(present.get(present.position())) : -1;
    }

    /** Whether there is a byte to be read; waits for it. */
    private boolean present() throws IOException {
        requireOpen();
        while (!present.hasRemaining() && next < parts.size()) {
            awaitAnswers(parts.get(next).when);
            requireOpen();
            present = ByteBuffer.wrap(parts.get(next).bytes);
            next++;
        }
        if (!present.hasRemaining() && leaving == Leaving.BY_RESET) {
            throw new IOException("the peer reset the connection");
        }
        return present.hasRemaining();
    }

    private void awaitAnswers(Predicate<byte[]> enough) throws IOException {
        int before;
        do {
            before = answers.size();
            if (enough.test(answers.toByteArray())) {
                return;
            }
            try {
                wait(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        } while (answers.size() != before && !closed);
    }

    @Override
    public synchronized int write(ByteBuffer from) throws IOException {
        requireOpen();
        if (answersOver) {
            throw new ClosedChannelException();
        }
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        answers.writeBytes(bytes);
        notifyAll();
        return bytes.length;
    }

    @Override
    public long write(ByteBuffer[] buffers) throws IOException {
        long count = 0;
        for (ByteBuffer buffer : buffers) {
            count += write(buffer);
        }
        return count;
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        return write(List.of(buffers).subList(offset, offset + length).toArray(ByteBuffer[]::new));
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public synchronized void shutdownOutput() {
        answersOver = true;
    }

    @Override
    public synchronized void abort() {
        aborted = !closed || aborted;
        close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    @Override
    public String peer() {
        return "fuzzer";
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public void silenceLimit(Duration limit, String state) {}

    @Override
    public void heardLimit(Duration limit, String state) {}

    @Override
    public void deadline(Duration limit, String state) {}

    @Override
    public void clearDeadline() {}
}
