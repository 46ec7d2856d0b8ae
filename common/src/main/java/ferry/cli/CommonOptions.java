package ferry.cli;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options that both programs have: {@code @Mixin CommonOptions common}. Filled in by picocli, then only read. */
@Command
public final class CommonOptions {
    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description =
                    "Give up when the peer is silent for this long: 500ms, 60s, 5m, 1h (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(
            names = "--json",
            description = "Tell everything on standard output as JSON, one object a line; see docs/JSON.md.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but errors, and warnings of security.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show each entry, and each frame as it passes.")
    private boolean verbose;

    @Option(names = "--no-progress", description = "Show no progress bar. There is none anyway without a terminal.")
    private boolean noProgress;

    @Option(
            names = "--receipt",
            paramLabel = "FILE",
            description =
                    "Append to FILE what became of each entry, with its size, checksums and times, one JSON object "
                            + "a line. receive --verify FILE compares it later with what is there.")
    private @Nullable Path receipt;

    @Option(
            names = "--sha256",
            description = "Compute the SHA-256 of each file too, and print it as sha256sum does; it is also in the "
                    + "receipt and in the JSON.")
    private boolean sha256;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    /** How long a peer may be silent; more than nothing. */
    public Duration timeout() {
        return timeout;
    }

    /** Whether standard output carries JSON, and so nothing else. */
    public boolean json() {
        return json;
    }

    /** Whether people are told nothing but errors and warnings of security. */
    public boolean isQuiet() {
        return quiet;
    }

    /** Whether the SHA-256 of each file is wanted, which costs time. */
    public boolean sha256() {
        return sha256;
    }

    /** Where what became of each entry is written; empty for nowhere. */
    public Optional<Path> receipt() {
        return Optional.ofNullable(receipt);
    }

    /** Whether to show the help, and do nothing. */
    boolean wantsHelp() {
        return help;
    }

    /** Whether to show the version, and do nothing. */
    boolean wantsVersion() {
        return version;
    }

    /** How much people are told. */
    Verbosity verbosity() {
        if (quiet) {
            return Verbosity.QUIET;
        }
        return verbose ? Verbosity.VERBOSE : Verbosity.NORMAL;
    }

    /** Whether a progress bar is wanted, if there is a terminal for it. */
    boolean wantsProgress() {
        return !noProgress && !quiet && !json;
    }

    /** Refuses what contradicts itself. */
    void check() throws TransferException {
        if (quiet && verbose) {
            throw new TransferException(ErrorCode.USAGE, "--quiet and --verbose", "expected at most one of them");
        }
        if (timeout.isZero()) {
            throw new TransferException(ErrorCode.USAGE, "--timeout", "expected more than nothing");
        }
    }
}
