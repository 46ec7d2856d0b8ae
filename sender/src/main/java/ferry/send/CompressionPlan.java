package ferry.send;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Whether a session tries to compress what it sends. It is of use where the network takes content more slowly than zstd yields it, so
 * the plan looks at how long a stream's thread takes to write content as it is, and to compress it and write what is left; only their
 * comparison counts, whatever the cause. Whether a frame then gets smaller is another question: {@link FrameCompressor}.
 *
 * <p>Thread-safe: all streams of a session tell it what they did, and ask. The monitor guards the sums, and is held for a few
 * instructions; what has changed is told outside of it. All times are those that streams spent, so it needs no clock.
 */
final class CompressionPlan {
    /** A stream that moves a byte in less, 250 MB/s, is as fast as zstd: then its library is not even loaded. */
    private static final double FAST_NANOS = 4;

    /** A network is not judged by less. What lasts shorter may be a disk, or another program that wants the processor. */
    private static final long EVIDENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How often to look what compression has brought. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** So much vanishes in buffers before the network is felt. */
    private static final long BUFFERED_BYTES = 8 << 20;

    /** So much in less than {@link #EVIDENCE_NANOS} is evidence, too. */
    private static final long EVIDENCE_BYTES = 64 << 20;

    /** What is gained must be more than a measuring error. */
    private static final double GAIN = 0.9;

    private static final long FIRST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MOST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What to send, and why. */
    private enum State {
        /** As it is: for good. */
        NEVER,
        /** Compressed: for good. */
        ALWAYS,
        /** As it is, until that turns out to be slow. Then COMPRESSING. */
        WATCHING,
        /** Compressed. Then CHECKING, after a while, if it is not the network that limits; WATCHING if it does not pay. */
        COMPRESSING,
        /** As it is again, until buffers are full. Then COMPARING. */
        CHECKING,
        /** The same, measured. Then COMPRESSING or WATCHING. */
        COMPARING
    }

    /** Hears what was decided, and why, for people. */
    @FunctionalInterface
    interface Listener {
        void decided(String method, String why);
    }

    private final Compression wanted;
    private final Listener listener;

    /** Written under the monitor. */
    private volatile State state = State.NEVER;

    private long bytes;
    private long computing;
    private long writing;

    /** Nanoseconds a byte, as it is and compressed. */
    private double plainNanos;

    private double compressedNanos;

    /** Before the network is looked at again, or compression tried again. */
    private long patience = FIRST_PATIENCE_NANOS;

    private long sinceChecked;
    private long holdOff;
    private boolean isChecked;

    /** @param wanted NONE for never */
    CompressionPlan(Compression wanted, Listener listener) {
        this.wanted = wanted;
        this.listener = listener;
    }

    /** Whether a receiver shall be asked whether it can decode. */
    boolean isOfUse() {
        return wanted != Compression.NONE;
    }

    /** The receiver can decode; until then nothing is compressed. */
    synchronized void agreed() {
        state = switch (wanted) {
            case AUTO -> State.WATCHING;
            case ZSTD -> State.ALWAYS;
            case NONE -> State.NEVER;
        };
    }

    /** It cannot be, for this reason. */
    void unavailable(String why) {
        synchronized (this) {
            state = State.NEVER;
        }
        listener.decided("none", why);
    }

    /** Whether to try to compress now. */
    boolean compresses() {
        return state == State.ALWAYS || state == State.COMPRESSING;
    }

    /** Whether it is decided for good, so that nobody needs to measure. */
    boolean isSettled() {
        return state == State.NEVER || state == State.ALWAYS;
    }

    /** So many bytes went as they are, and a stream took so long to write them. */
    void wentPlain(long count, long nanos) {
        tell(() -> addPlain(count, nanos));
    }

    /** So many bytes of content were compressed, and what was left was written. */
    void wentCompressed(long count, long computeNanos, long writeNanos) {
        tell(() -> addCompressed(count, computeNanos, writeNanos));
    }

    /** Tells why content goes otherwise from now on, if it does, and how: as it was decided here, whatever another stream decides next. */
    private void tell(Supplier<Optional<String>> change) {
        Optional<String> why;
        String method;
        synchronized (this) {
            why = change.get();
            method = compresses() ? "zstd" : "none";
        }
        why.ifPresent(text -> listener.decided(method, text));
    }

    private synchronized Optional<String> addPlain(long count, long nanos) {
        if (isSettled() || state == State.COMPRESSING) {
            return Optional.empty();
        }
        bytes += count;
        writing += nanos;
        boolean isEvidence = writing >= EVIDENCE_NANOS || (bytes >= EVIDENCE_BYTES && state == State.COMPARING);
        switch (state) {
            case WATCHING -> {
                if (isEvidence) {
                    return watch();
                }
            }
            case CHECKING -> {
                if (writing >= EVIDENCE_NANOS || bytes >= BUFFERED_BYTES) {
                    enter(State.COMPARING);
                }
            }
            case COMPARING -> {
                if (isEvidence) {
                    return compare();
                }
            }
            case NEVER, ALWAYS, COMPRESSING -> {}
        }
        return Optional.empty();
    }

    private Optional<String> watch() {
        plainNanos = (double) writing / bytes;
        holdOff = Math.max(0, holdOff - writing);
        boolean isSlow = plainNanos > FAST_NANOS && holdOff == 0;
        enter(isSlow ? State.COMPRESSING : State.WATCHING);
        if (!isSlow) {
            return Optional.empty();
        }
        sinceChecked = 0;
        isChecked = false;
        return Optional.of("a stream moves %s as it is".formatted(speed(plainNanos)));
    }

    private Optional<String> compare() {
        plainNanos = (double) writing / bytes;
        patience = Math.min(2 * patience, MOST_PATIENCE_NANOS);
        sinceChecked = 0;
        isChecked = true;
        return compressedNanos < GAIN * plainNanos ? resume() : giveUp();
    }

    private Optional<String> resume() {
        enter(State.COMPRESSING);
        return Optional.empty();
    }

    private Optional<String> giveUp() {
        enter(State.WATCHING);
        holdOff = patience;
        return Optional.of(
                "a stream moves %s as it is, and %s compressed".formatted(speed(plainNanos), speed(compressedNanos)));
    }

    private synchronized Optional<String> addCompressed(long count, long computeNanos, long writeNanos) {
        if (state != State.COMPRESSING) {
            return Optional.empty();
        }
        bytes += count;
        computing += computeNanos;
        writing += writeNanos;
        long spent = computing + writing;
        if (spent < LOOK_NANOS) {
            return Optional.empty();
        }
        compressedNanos = (double) spent / bytes;
        boolean waits = writing >= computing;
        sinceChecked += spent;
        enter(State.COMPRESSING);
        if (waits) {
            // However fast the network is, it is too slow even for what is left.
            return Optional.empty();
        }
        if (compressedNanos >= GAIN * plainNanos) {
            patience = Math.min(2 * patience, MOST_PATIENCE_NANOS);
            return giveUp();
        }
        if (!isChecked || sinceChecked >= patience) {
            enter(State.CHECKING);
        }
        return Optional.empty();
    }

    private void enter(State next) {
        state = next;
        bytes = 0;
        computing = 0;
        writing = 0;
    }

    private static String speed(double nanosPerByte) {
        return "%.1f MB/s".formatted(1e3 / nanosPerByte);
    }
}
