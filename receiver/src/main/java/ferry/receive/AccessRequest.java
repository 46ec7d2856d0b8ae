package ferry.receive;

import ferry.cli.CertificateFiles;
import ferry.cli.SecretSource;
import ferry.net.TlsProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Who may send, as the options say; immutable. Made without looking at the disk or the environment.
 *
 * @param expires how long a code for one transfer is good; empty if no option says
 * @param allowed the file that lists the senders
 * @param certificate to be shown in place of one's own identity
 * @param authority whose senders alone may send
 */
record AccessRequest(
        Wish wish,
        SecretSource code,
        SharedCode.Use use,
        Optional<Duration> expires,
        Optional<Path> allowed,
        Optional<CertificateFiles> certificate,
        Optional<Path> authority,
        TlsProvider provider) {

    /** How long a code for one transfer is good unless an option says otherwise. */
    static final Duration DEFAULT_EXPIRES = Duration.ofHours(24);

    /** What is said of encryption alone. */
    enum Wish {
        /** Nothing: plain is taken unless something else forbids it. */
        NONE,
        /** {@code --no-plain}. */
        NO_PLAIN,
        /** {@code --plain-only}. */
        PLAIN_ONLY
    }
}
