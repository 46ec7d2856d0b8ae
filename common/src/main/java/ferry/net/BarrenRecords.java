package ferry.net;

import java.util.Optional;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * Bounds what a peer can make us do by TLS records that bring no content: key updates, tickets for sessions that we do not resume,
 * empty records. For the one thread that reads.
 */
final class BarrenRecords {
    /** Records without content that may come in a row; more serve only to keep us busy. */
    static final int MAX = 32;

    /** Content after which those that came before are forgotten. */
    private static final int FORGIVING_BYTES = 256 << 10;

    /** An answer is owed for a KeyUpdate, which takes 27 bytes, or 43 as the JDK pads it; a larger record may hold thousands. */
    private static final int MAX_DEMANDING_BYTES = 48;

    private final TlsLink link;
    private int count;
    private int contentSince;

    BarrenRecords(TlsLink link) {
        this.link = link;
    }

    /**
     * Judges a record that was opened.
     *
     * @param bytes of the record
     * @return what is too much; empty if the peer may go on
     */
    Optional<String> judge(SSLEngineResult result, int bytes) {
        if (result.bytesProduced() > 0) {
            forgive(result.bytesProduced());
            return Optional.empty();
        }
        count++;
        if (count > MAX) {
            return Optional.of("more than %d TLS records without content".formatted(MAX));
        }
        HandshakeStatus status = result.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            return Optional.of("a second TLS handshake, which there is not");
        }
        if (status == HandshakeStatus.NEED_WRAP && (bytes > MAX_DEMANDING_BYTES || !link.mayOweOneMore())) {
            return Optional.of("more TLS key updates than can be answered");
        }
        return Optional.empty();
    }

    private void forgive(int content) {
        contentSince += content;
        if (contentSince >= FORGIVING_BYTES) {
            contentSince = 0;
            count = 0;
        }
    }
}
