package ferry.net;

import ferry.error.ErrorCode;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.net.ssl.SSLException;

/**
 * Says what an engine's exception means. Engines have one class for everything and tell the rest in their messages, each in its own
 * words, so this knows the words of both. Stateless.
 */
final class TlsFailure {
    /** {@code Received fatal alert: unknown_ca} (the JDK), {@code TLSV1_ALERT_UNKNOWN_CA} (Conscrypt). */
    private static final Pattern ALERT = Pattern.compile(
            "received fatal alert: (?<jdk>\\w+)|(?:tlsv1|sslv3)(?:_alert)?_(?<conscrypt>[a-z_]+)",
            Pattern.CASE_INSENSITIVE);

    /** Alerts by which a peer says that it does not take our certificate (RFC 8446, section 6.2). */
    private static final Set<String> CERTIFICATE_ALERTS = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "certificate_required",
            "unknown_ca",
            "access_denied");

    private static final Pattern CHANGED =
            Pattern.compile("bad_record_mac|bad record mac|tag mismatch", Pattern.CASE_INSENSITIVE);

    private static final Pattern VERSION = Pattern.compile(
            "UNSUPPORTED_PROTOCOL|WRONG_VERSION_NUMBER|NO_SUPPORTED_VERSIONS_ENABLED"
                    + "|server selected protocol version|client requested protocol|not enabled or supported",
            Pattern.CASE_INSENSITIVE);

    /** The peer's signature of the handshake is not by the key in its certificate (RFC 8446, section 4.4.3). */
    private static final Pattern UNPROVED =
            Pattern.compile("invalid CertificateVerify|BAD_SIGNATURE", Pattern.CASE_INSENSITIVE);

    /** In what BoringSSL says, between places in its memory and its sources. */
    private static final Pattern BORINGSSL_REASON = Pattern.compile("OPENSSL_internal:(\\w+)");

    /** The alert that the JDK has sent, before its reason. */
    private static final Pattern JDK_ALERT_SENT = Pattern.compile("^\\(\\w+\\) ");

    private static final int MAX_CAUSES = 10;

    private TlsFailure() {}

    static TlsException of(String peer, SSLException problem) {
        Optional<CertificateException> certificate = cause(problem, CertificateException.class);
        if (certificate.isPresent()) {
            String why = "its certificate is refused: " + why(certificate.get());
            return new TlsException(ErrorCode.CERTIFICATE_REFUSED, peer, why, problem);
        }
        String message = String.valueOf(problem.getMessage());
        if (CHANGED.matcher(message).find()
                || cause(problem, AEADBadTagException.class).isPresent()) {
            return new TlsException(ErrorCode.CORRUPT_FRAME, peer, "a TLS record was changed on its way", problem);
        }
        if (UNPROVED.matcher(message).find()) {
            return new TlsException(
                    ErrorCode.CERTIFICATE_REFUSED, peer, "does not hold the key of its certificate", problem);
        }
        Optional<String> alert = alert(message);
        if (alert.isPresent()) {
            return ofAlert(peer, alert.get(), problem);
        }
        if (VERSION.matcher(message).find()) {
            return new TlsException(ErrorCode.NOT_FERRY, peer, "does not speak TLS 1.3", problem);
        }
        return new TlsException(ErrorCode.PROTOCOL_VIOLATION, peer, "TLS failed: " + reason(message), problem);
    }

    private static TlsException ofAlert(String peer, String alert, SSLException problem) {
        if (CERTIFICATE_ALERTS.contains(alert)) {
            String why = "it does not take our certificate (TLS alert %s)".formatted(alert);
            return new TlsException(ErrorCode.CERTIFICATE_REFUSED, peer, why, problem);
        }
        if (alert.equals("protocol_version")) {
            return new TlsException(ErrorCode.NOT_FERRY, peer, "does not speak TLS 1.3", problem);
        }
        return new TlsException(
                ErrorCode.PROTOCOL_VIOLATION, peer, "ended TLS with the alert %s".formatted(alert), problem);
    }

    private static Optional<String> alert(String message) {
        Matcher matcher = ALERT.matcher(message);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String name = matcher.group("jdk") == null ? matcher.group("conscrypt") : matcher.group("jdk");
        return Optional.of(name.toLowerCase(Locale.ROOT));
    }

    private static String why(CertificateException refusal) {
        if (refusal instanceof CertificateExpiredException
                || cause(refusal, CertificateExpiredException.class).isPresent()) {
            return "it has expired";
        }
        if (refusal instanceof CertificateNotYetValidException
                || cause(refusal, CertificateNotYetValidException.class).isPresent()) {
            return "it is not valid yet; do both clocks tell the same time?";
        }
        String message = String.valueOf(refusal.getMessage());
        if (message.contains("unable to find valid certification path")) {
            return "no authority of --tls-ca vouches for it";
        }
        return cause(refusal, CertPathValidatorException.class)
                .map(invalid -> inOneLine(String.valueOf(invalid.getMessage())))
                .orElseGet(() -> inOneLine(message));
    }

    private static String reason(String message) {
        String reason = inOneLine(JDK_ALERT_SENT.matcher(message).replaceFirst(""));
        Matcher boringssl = BORINGSSL_REASON.matcher(message);
        while (boringssl.find()) {
            reason = boringssl.group(1).toLowerCase(Locale.ROOT).replace('_', ' ');
        }
        return reason;
    }

    private static String inOneLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.isEmpty() ? "no reason given" : Character.toLowerCase(line.charAt(0)) + line.substring(1);
    }

    private static <T extends Throwable> Optional<T> cause(Throwable problem, Class<T> type) {
        Throwable one = problem;
        for (int i = 0; one != null && i < MAX_CAUSES; i++) {
            if (type.isInstance(one)) {
                return Optional.of(type.cast(one));
            }
            one = one.getCause();
        }
        return Optional.empty();
    }
}
