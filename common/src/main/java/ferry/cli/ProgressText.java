package ferry.cli;

import ferry.event.TransferProgress.Sample;
import java.time.Duration;

/**
 * What a progress bar says: {@code 45% [====>     ] 1.3 GB of 3.0 GB, 412 MB/s, 4 s left, 120 of 300 files}, or without a total
 * {@code 1.3 GB, 412 MB/s, 120 of 300 files so far}. ASCII, since nobody knows the terminal's font. Pure functions.
 */
final class ProgressText {
    private static final int MIN_BAR = 8;
    private static final int MAX_BAR = 60;

    private ProgressText() {}

    /**
     * One line, at most this wide.
     *
     * @param speed bytes per second just now
     * @param remark what is to be said in place of speed and time left; empty for nothing
     */
    static String of(Sample sample, int transfers, long speed, String remark, int width) {
        String text = sample.isTotalKnown() && sample.bytes() > 0
                ? withTotal(sample, transfers, speed, remark, width)
                : Formats.size(sample.done()) + ", " + (remark.isEmpty() ? Formats.size(speed) + "/s" : remark)
                        + files(sample) + among(transfers);
        return text.substring(0, Math.min(text.length(), width));
    }

    private static String withTotal(Sample sample, int transfers, long speed, String remark, int width) {
        long percent = (long) (100.0 * sample.done() / sample.bytes());
        String before = " ".repeat(percent < 10 ? 2 : percent < 100 ? 1 : 0) + percent + "% ";
        String pace = remark.isEmpty() ? Formats.size(speed) + "/s" + left(sample, speed) : remark;
        String after = Formats.size(sample.done()) + " of " + Formats.size(sample.bytes()) + ", " + pace + files(sample)
                + among(transfers);
        int room = width - before.length() - after.length() - "[] ".length();
        return room < MIN_BAR ? before + after : before + bar(sample, Math.min(room, MAX_BAR)) + " " + after;
    }

    private static String bar(Sample sample, int room) {
        int filled = (int) (room * ((double) sample.done() / sample.bytes()));
        String head = filled < room ? ">" : "";
        return "[" + "=".repeat(filled) + head + " ".repeat(room - filled - head.length()) + "]";
    }

    private static String left(Sample sample, long speed) {
        long remaining = sample.bytes() - sample.done();
        if (remaining == 0) {
            return ", finishing";
        }
        if (speed == 0) {
            return ", waiting";
        }
        return ", " + Formats.clock(Duration.ofSeconds(Math.ceilDiv(remaining, speed))) + " left";
    }

    private static String files(Sample sample) {
        if (sample.files() <= 1) {
            return "";
        }
        String soFar = sample.isTotalKnown() ? "" : " so far";
        return ", " + sample.filesAnswered() + " of " + sample.files() + " files" + soFar;
    }

    private static String among(int transfers) {
        return transfers > 1 ? ", " + transfers + " transfers" : "";
    }
}
