package ferry.receive;

import ferry.cli.DurationConverter;
import ferry.cli.SecretSource;
import ferry.cli.SecurityOptions;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code receive} that say who may send: {@code @Mixin AccessOptions}. Filled in by picocli, then only read. */
@Command
final class AccessOptions {
    @Option(
            names = "--standing",
            description =
                    "The code is good for any number of transfers, until the receiver is stopped. Otherwise it is "
                            + "for one: whoever proves it first may come back until that has ended, and then receive exits.")
    private boolean standing;

    @Option(
            names = "--expires",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long a code for one transfer is good: 10m, 24h (default: 24h).")
    private @Nullable Duration expires;

    @Option(
            names = "--allow",
            paramLabel = "FILE",
            description =
                    "Take transfers only from senders whose keys are in this file, a line each: what send "
                            + "--fingerprint shows, with options before it; see docs/ACCESS.md. It is read anew for each sender.")
    private @Nullable String allow;

    @Option(
            names = "--no-plain",
            description = "Take encrypted transfers only. --code, --code-file, --allow and --tls-ca imply it.")
    private boolean noPlain;

    @Option(
            names = "--plain-only",
            description = "Take nothing that is encrypted. Whoever is in between can then read and change everything.")
    private boolean plainOnly;

    @Mixin
    private SecurityOptions security;

    SecurityOptions security() {
        return security;
    }

    /** What the options ask for. Pure; refuses what contradicts itself as {@link ErrorCode#USAGE}. */
    AccessRequest request() throws TransferException {
        SecretSource code = security.secretSource();
        if (plainOnly) {
            refusePlainOnlyWith("--no-plain", noPlain);
            refusePlainOnlyWith("--code or --code-file", !(code instanceof SecretSource.Environment));
            refusePlainOnlyWith("--allow", allow != null);
            refusePlainOnlyWith("--tls-ca", security.authority().isPresent());
            refusePlainOnlyWith("--tls-cert", security.certificate().isPresent());
        }
        if (standing && expires != null) {
            throw usage("--standing and --expires", "a standing code is good until the receiver is stopped");
        }
        if (expires != null && expires.isZero()) {
            throw usage("--expires", "expected more than nothing");
        }
        return new AccessRequest(
                wish(),
                code,
                standing ? SharedCode.Use.STANDING : SharedCode.Use.ONE_TRANSFER,
                Optional.ofNullable(expires),
                allowed(),
                security.certificate(),
                security.authority(),
                security.provider());
    }

    private AccessRequest.Wish wish() {
        if (plainOnly) {
            return AccessRequest.Wish.PLAIN_ONLY;
        }
        return noPlain ? AccessRequest.Wish.NO_PLAIN : AccessRequest.Wish.NONE;
    }

    private Optional<Path> allowed() throws TransferException {
        if (allow == null) {
            return Optional.empty();
        }
        if (allow.isEmpty()) {
            // As a path it would be the current folder: a script's unset variable, not a wish.
            throw usage("--allow", "expected a file, it is empty");
        }
        try {
            return Optional.of(Path.of(allow));
        } catch (InvalidPathException e) {
            throw usage("--allow " + allow, "no file can have this name in the current locale")
                    .withHint("set LC_ALL=C.UTF-8");
        }
    }

    private static void refusePlainOnlyWith(String option, boolean isGiven) throws TransferException {
        if (isGiven) {
            throw usage("--plain-only and " + option, "without encryption nobody can prove a code or a key");
        }
    }

    private static TransferException usage(String what, String why) {
        return new TransferException(ErrorCode.USAGE, what, why);
    }
}
