package ferry.send;

import ferry.cli.SecretReader;
import ferry.cli.SecretSource;
import ferry.cli.SecurityOptions;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.trust.KeyFingerprint;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of {@code send} that say how to speak with the receiver and whom to trust, and what they add up to. Filled in by
 * picocli, then only read. No file is looked at.
 */
@Command
final class ModeOptions {
    @Option(
            names = "--pin",
            paramLabel = "KEY",
            description =
                    "Send only to a receiver with this key: sha256: and 64 digits, as receive --fingerprint shows it "
                            + "there. Repeatable, for any of several. The key is remembered in place of the one before.")
    private List<String> pins = List.of();

    @Option(
            names = "--plain",
            description =
                    "Do not encrypt, and do not ask who the receiver is: whoever is in between can read and change "
                            + "what is sent.")
    private boolean plain;

    @Option(
            names = "--classic",
            description = "Speak the classic protocol, for receivers that are not Ferry: the name, 'ok', the bytes. "
                    + "It sends one file or standard input, not encrypted, and what arrives is unverified. To store it in "
                    + "silence the receiver may take 10 minutes, or --timeout if that is longer.")
    private boolean classic;

    @Mixin
    private SecurityOptions security;

    /** The options that both programs have. */
    SecurityOptions security() {
        return security;
    }

    /**
     * How to speak with the receiver.
     *
     * @param environment may hold a code, in which somebody may trust
     * @throws TransferException USAGE, if the options contradict each other
     */
    SendRequest.Mode mode(Map<String, String> environment) throws TransferException {
        if (plain && classic) {
            throw usage("--plain and --classic", "expected at most one of them");
        }
        if (plain) {
            requireNoTrust("--plain", environment);
            return new SendRequest.Mode.Plain();
        }
        if (classic) {
            requireNoTrust("--classic", environment);
            return new SendRequest.Mode.Classic();
        }
        return new SendRequest.Mode.Encrypted(
                security.provider(), security.certificate(), security.authority(), parsedPins());
    }

    /** Nobody may believe that something protects what is sent to whoever answers. */
    private void requireNoTrust(String option, Map<String, String> environment) throws TransferException {
        if (asksForTrust()) {
            throw usage(option, "without encryption no key, code or certificate protects what is sent")
                    .withHint("leave out " + option + ", or else all of --pin, --code, --code-file and --tls-...");
        }
        if (environment.containsKey(SecretReader.VARIABLE)) {
            throw usage(option, "without encryption the code in %s protects nothing".formatted(SecretReader.VARIABLE))
                    .withHint("unset " + SecretReader.VARIABLE + ", or leave out " + option);
        }
    }

    private boolean asksForTrust() throws TransferException {
        boolean hasCode = !(security.secretSource() instanceof SecretSource.Environment);
        return !pins.isEmpty()
                || hasCode
                || security.certificate().isPresent()
                || security.authority().isPresent();
    }

    private Set<KeyFingerprint> parsedPins() throws TransferException {
        Set<KeyFingerprint> parsed = new LinkedHashSet<>();
        for (String pin : pins) {
            parsed.add(KeyFingerprint.parse(pin)
                    .orElseThrow(() -> usage("--pin " + pin, "expected sha256: and 64 hexadecimal digits")
                            .withHint("receive --fingerprint shows it, on the receiver's machine")));
        }
        return parsed;
    }

    private static TransferException usage(String what, String why) {
        return new TransferException(ErrorCode.USAGE, what, why);
    }
}
