package ferry.receive;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What the user wants of the place where files are staged.
 *
 * @param keepPartial how long what a broken transfer has left is kept for the next; zero for not at all
 * @param maxBytes most bytes that staging may hold in all; empty for no limit but the disk
 */
record StagingOptions(Duration keepPartial, OptionalLong maxBytes) {
    static final StagingOptions DEFAULT = new StagingOptions(Duration.ofDays(7), OptionalLong.empty());
}
