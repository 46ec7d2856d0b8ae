package ferry.cli;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.TlsProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The options of encryption and trust that both programs have: {@code @Mixin SecurityOptions security}. Filled in by picocli,
 * then only read. No file is looked at.
 */
@Command
public final class SecurityOptions {
    @Option(
            names = "--code-file",
            paramLabel = "FILE",
            description =
                    "The code that both sides must know is in this file: one that receive made, or a passphrase of "
                            + "at least 20 characters. Without this and --code it is taken from "
                            + SecretReader.VARIABLE
                            + ", if that is set.")
    private @Nullable String codeFile;

    @Option(
            names = "--code",
            paramLabel = "CODE",
            arity = "0..1",
            converter = AttachedValue.Converter.class,
            preprocessor = AttachedValue.Preprocessor.class,
            description = "Demand a code of both sides: receive makes one and shows it, send asks for it. With "
                    + "--code=CODE it is that one, and others on this machine can see it: better use --code-file.")
    private @Nullable AttachedValue code;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Show this certificate (PEM, with its chain) in place of one's own identity; needs --tls-key.")
    private @Nullable String certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The private key of --tls-cert: PEM, PKCS#8 without a password; RSA, P-256 or P-384.")
    private @Nullable String key;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description =
                    "Take only peers whose certificate one of these authorities (PEM) has signed, and as a sender "
                            + "only one for the receiver's host name.")
    private @Nullable String authority;

    @Option(
            names = "--tls-provider",
            paramLabel = "WHICH",
            defaultValue = "auto",
            description =
                    "Whose TLS to use: conscrypt is faster, jdk runs everywhere, auto takes conscrypt where it runs "
                            + "(default: ${DEFAULT-VALUE}).")
    private TlsProvider provider;

    @Option(
            names = "--fingerprint",
            description = "Show one's own fingerprint, by which others know this key, and do nothing.")
    private boolean fingerprint;

    /**
     * Where the code comes from.
     *
     * @throws TransferException USAGE, if two options say so, or the file cannot be one
     */
    public SecretSource secretSource() throws TransferException {
        if (codeFile != null) {
            return codeFile(codeFile);
        }
        if (code == null) {
            return new SecretSource.Environment();
        }
        return code.text().<SecretSource>map(SecretSource.Option::new).orElseGet(SecretSource.Bare::new);
    }

    private SecretSource codeFile(String name) throws TransferException {
        if (code != null) {
            throw usage("--code and --code-file", "expected at most one of them");
        }
        if (name.equals("-")) {
            throw usage("--code-file -", "the code is not read from standard input")
                    .withHint("use --code alone, and type it when asked");
        }
        return new SecretSource.File(path("--code-file", name));
    }

    /**
     * The certificate to show; empty if it is one's own identity.
     *
     * @throws TransferException USAGE, if only one of its two files is named
     */
    public Optional<CertificateFiles> certificate() throws TransferException {
        if (certificate == null && key == null) {
            return Optional.empty();
        }
        if (certificate == null || key == null) {
            throw usage("--tls-cert and --tls-key", "expected both or none of them")
                    .withHint("if both are in one file, name it twice");
        }
        return Optional.of(new CertificateFiles(path("--tls-cert", certificate), path("--tls-key", key)));
    }

    /**
     * The authorities that vouch for peers; empty if peers are known by their keys.
     *
     * @throws TransferException USAGE, if no file can have this name
     */
    public Optional<Path> authority() throws TransferException {
        return authority == null ? Optional.empty() : Optional.of(path("--tls-ca", authority));
    }

    /** Whose TLS to use. */
    public TlsProvider provider() {
        return provider;
    }

    /** Whether to show one's own fingerprint, and do nothing. */
    public boolean wantsFingerprint() {
        return fingerprint;
    }

    private static Path path(String option, String text) throws TransferException {
        if (text.isEmpty()) {
            // As a path it would be the current folder: a script's unset variable, not a wish.
            throw usage(option, "expected a file, it is empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw usage(option + " " + text, "no file can have this name in the current locale")
                    .withHint("set LC_ALL=C.UTF-8");
        }
    }

    private static TransferException usage(String what, String why) {
        return new TransferException(ErrorCode.USAGE, what, why);
    }
}
