package ferry.receive;

import ferry.cli.DurationConverter;
import ferry.cli.SizeConverter;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code receive} about what it stages. Used by the main thread. */
final class StagingSettings {
    @Option(
            names = "--keep-partial",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description =
                    "How long to keep what arrived of files whose transfers broke, so that sending them again goes on "
                            + "there: 12h, 30d; 0s for not at all (default: 7d). It goes earlier if its room is needed.")
    private @Nullable Duration keepPartial;

    @Option(
            names = "--max-staging",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "How much files on their way, and what is kept of broken transfers, may take in all; a file for "
                            + "which there is no room is refused (default: as much as is free).")
    private @Nullable Long maxStaging;

    @Option(
            names = "--list-partial",
            description = "Receive nothing: show what the folder keeps of files whose transfers broke.")
    private boolean listPartial;

    boolean wantsList() {
        return listPartial;
    }

    /** The first of those that were given that needs a folder. */
    Optional<String> given() {
        if (listPartial) {
            return Optional.of("--list-partial");
        }
        if (keepPartial != null) {
            return Optional.of("--keep-partial");
        }
        return maxStaging == null ? Optional.empty() : Optional.of("--max-staging");
    }

    /**
     * What they ask for.
     *
     * @throws TransferException USAGE
     */
    StagingOptions options() throws TransferException {
        if (maxStaging != null && maxStaging == 0) {
            throw new TransferException(ErrorCode.USAGE, "--max-staging", "expected more than nothing");
        }
        return new StagingOptions(
                keepPartial == null ? StagingOptions.DEFAULT.keepPartial() : keepPartial,
                maxStaging == null ? OptionalLong.empty() : OptionalLong.of(maxStaging));
    }
}
