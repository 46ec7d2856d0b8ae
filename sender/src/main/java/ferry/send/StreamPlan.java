package ferry.send;

import ferry.entry.Chunks;
import java.time.Duration;

/**
 * How many streams a transfer shall have (docs/adr/0027). Fixed, or found out: where the way is long it begins with several, and
 * doubles them as long as that moves more, and as long as they wait for the network most of the time. For one thread.
 */
final class StreamPlan {
    /** How often to look. */
    static final Duration LOOK = Duration.ofMillis(50);

    /** On a shorter way one stream is as fast as many: its window is no limit. */
    private static final Duration SHORT = Duration.ofMillis(4);

    /** It begins with one for each of these: what fits into a window, some MiB, is gone in about so long. */
    private static final Duration WINDOW = Duration.ofMillis(25);

    private static final int MOST = 16;
    private static final int MOST_AT_ONCE = 8;
    private static final int LEAST_AT_ONCE = 2;

    /** With less than this for each, a stream is over before it has got up to speed. */
    private static final long WORTH_A_STREAM = 4 << 20;

    /** Fewer are not worth another step: it takes a stream some of them to get up to speed. */
    private static final int CHUNKS_EACH = 4;

    /** A step must gain so much. */
    private static final double GAIN = 1.1;

    /** The part of the time that streams must wait for the network before more of them can help. */
    private static final double WAITING = 0.5;

    private final int most;
    private final int beginning;
    private final Duration roundTrip;
    private int wanted = 1;
    private String reason = "as it begins";
    private boolean isSettled;
    private long since;
    private long movedBefore;
    private double rateBefore;
    private int wantedBefore;
    private boolean isMeasuring;
    private long looks;
    private long writingLooks;

    private StreamPlan(int beginning, int most, Duration roundTrip) {
        this.beginning = beginning;
        this.most = most;
        this.roundTrip = roundTrip;
        this.isSettled = beginning == most;
    }

    /** @param roundTrip of the first stream; zero if nobody can tell */
    static StreamPlan of(Streams streams, Duration roundTrip) {
        return switch (streams) {
            case Streams.Fixed(int count) -> new StreamPlan(count, count, roundTrip);
            case Streams.Auto() when roundTrip.compareTo(SHORT) < 0 -> new StreamPlan(1, 1, roundTrip);
            case Streams.Auto() ->
                new StreamPlan(Math.clamp(roundTrip.dividedBy(WINDOW), LEAST_AT_ONCE, MOST_AT_ONCE), MOST, roundTrip);
        };
    }

    /** How many there may ever be. */
    int most() {
        return most;
    }

    /** Why there are as many as {@link #look} has said last. */
    String reason() {
        return reason;
    }

    /**
     * Looks how the transfer gets on, and says how many streams it shall have now, the first one counted.
     *
     * @param now as {@link System#nanoTime}
     * @param moved bytes that went to the network so far
     * @param left bytes that are known and did not yet
     * @param writing how many further streams wait for the network now
     */
    int look(long now, long moved, long left, long writing) {
        if (wanted < beginning) {
            begin(now, moved, left);
        } else if (!isSettled) {
            looks++;
            writingLooks += writing;
            Duration elapsed = Duration.ofNanos(now - since);
            if (elapsed.compareTo(isMeasuring ? interval() : interval().multipliedBy(2)) >= 0) {
                measure(now, moved, left);
            }
        }
        return wanted;
    }

    /** The same while nothing may be sent yet, so that nothing is measured: how many to connect. */
    int prepare(long now, long moved, long left) {
        begin(now, moved, left);
        return wanted;
    }

    private void begin(long now, long moved, long left) {
        int useful = isSettled ? beginning : Math.clamp(left / WORTH_A_STREAM, 1, beginning);
        if (useful > wanted) {
            wanted = useful;
            reason = isSettled ? "as it was asked for" : "the round trip takes %d ms".formatted(roundTrip.toMillis());
        }
        settleIn(now, moved);
    }

    /** Of this it measures one, after two in which new streams get up to speed and fill their buffers. */
    private Duration interval() {
        Duration rounds = roundTrip.multipliedBy(10);
        Duration least = Duration.ofMillis(500);
        return rounds.compareTo(least) < 0 ? least : rounds;
    }

    /** The streams are as they are to be, and get up to speed before they are measured. */
    private void settleIn(long now, long moved) {
        count(now, moved);
        isMeasuring = false;
    }

    private void count(long now, long moved) {
        since = now;
        movedBefore = moved;
        looks = 0;
        writingLooks = 0;
    }

    private void measure(long now, long moved, long left) {
        double rate = (moved - movedBefore) * 1e9 / (now - since);
        boolean waits = writingLooks >= WAITING * looks * (wanted - 1);
        if (!isMeasuring) {
            count(now, moved);
            isMeasuring = true;
            return;
        }
        if (wantedBefore > 0 && rate < GAIN * rateBefore) {
            reason = "%d streams moved %s, %d no more than %s"
                    .formatted(wantedBefore, shown(rateBefore), wanted, shown(rate));
            wanted = wantedBefore;
            isSettled = true;
            return;
        }
        // What they have gained counts, whatever comes later: a disk may be slow for a second.
        wantedBefore = 0;
        if (!waits) {
            reason = "%d streams move %s, and do not wait for the network".formatted(wanted, shown(rate));
            isSettled = true;
        } else if (wanted < most && left / Chunks.SIZE >= 2L * wanted * CHUNKS_EACH) {
            reason = "%d streams move %s, and wait for the network".formatted(wanted, shown(rate));
            rateBefore = rate;
            wantedBefore = wanted;
            wanted = Math.min(2 * wanted, most);
        }
        settleIn(now, moved);
    }

    private static String shown(double bytesPerSecond) {
        return "%.1f MB/s".formatted(bytesPerSecond / 1e6);
    }
}
