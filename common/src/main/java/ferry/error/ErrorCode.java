package ferry.error;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one list of all that can go wrong, as both programs, their logs and the wire name it.
 *
 * <p>A number is for ever: it is sent to peers of any version and printed by {@code --json}, so a code may be added
 * but never renumbered or reused. The hundreds follow the exit statuses; 0 is not for sending.
 */
public enum ErrorCode {
    /** What {@link #fromWire} makes of a number that this version does not know; never sent. */
    UNKNOWN(0, ExitStatus.PROTOCOL, Retry.USELESS, "the peer gave a reason that this version does not know"),

    INTERNAL(100, ExitStatus.INTERNAL, Retry.USELESS, "a fault of the program itself"),

    USAGE(200, ExitStatus.USAGE, Retry.USELESS, "the command line is wrong"),

    SOURCE_UNREADABLE(300, ExitStatus.LOCAL_FILE, Retry.USELESS, "the source cannot be read"),
    SOURCE_CHANGED(301, ExitStatus.LOCAL_FILE, Retry.USELESS, "the source changed while it was sent"),
    SOURCE_NAME(302, ExitStatus.LOCAL_FILE, Retry.USELESS, "the source's name cannot be sent"),
    SOURCE_VANISHED(303, ExitStatus.LOCAL_FILE, Retry.USELESS, "the source is no longer there"),
    /** Found before anything is received; what fails later is {@link #STORAGE_FAILED}. */
    DESTINATION_UNUSABLE(304, ExitStatus.LOCAL_FILE, Retry.USELESS, "the folder to receive into cannot be used"),
    NOTHING_CHOSEN(305, ExitStatus.LOCAL_FILE, Retry.USELESS, "of all sources nothing is chosen to be sent"),
    TRUST_FILE(306, ExitStatus.LOCAL_FILE, Retry.USELESS, "a file of keys, codes or trust cannot be used"),
    RECEIPT_FILE(307, ExitStatus.LOCAL_FILE, Retry.USELESS, "the file of receipts cannot be used"),

    CONNECT_FAILED(400, ExitStatus.NETWORK, Retry.WORTHWHILE, "no connection could be made"),
    CONNECTION_LOST(401, ExitStatus.NETWORK, Retry.WORTHWHILE, "the connection ended too early"),
    TIMEOUT(402, ExitStatus.NETWORK, Retry.WORTHWHILE, "the peer was silent for too long"),
    BUSY(403, ExitStatus.NETWORK, Retry.WORTHWHILE, "the receiver has no room for another connection now"),
    HOST_UNKNOWN(404, ExitStatus.NETWORK, Retry.USELESS, "the host name has no address"),
    LISTEN_FAILED(405, ExitStatus.NETWORK, Retry.USELESS, "the address cannot be listened on"),
    SHUTTING_DOWN(406, ExitStatus.NETWORK, Retry.WORTHWHILE, "the receiver is stopping"),
    /** What a program reports when its peer's ABORT says {@link #INTERRUPTED} or {@link #TERMINATED}. */
    PEER_STOPPED(407, ExitStatus.NETWORK, Retry.USELESS, "the peer was stopped by its user"),

    ACCESS_DENIED(500, ExitStatus.ACCESS, Retry.USELESS, "one side does not let the other in"),
    KEY_CHANGED(501, ExitStatus.ACCESS, Retry.USELESS, "the peer has another key than the one recorded or demanded"),
    WRONG_CODE(502, ExitStatus.ACCESS, Retry.USELESS, "the two sides do not have the same code"),
    CODE_NEEDED(503, ExitStatus.ACCESS, Retry.USELESS, "the receiver demands a code"),
    NOT_ENCRYPTED(504, ExitStatus.ACCESS, Retry.USELESS, "the receiver demands an encrypted connection"),
    CERTIFICATE_REFUSED(505, ExitStatus.ACCESS, Retry.USELESS, "one side does not take the certificate of the other"),

    PROTOCOL_VIOLATION(600, ExitStatus.PROTOCOL, Retry.USELESS, "the peer does not keep to the protocol"),
    TRUNCATED(601, ExitStatus.PROTOCOL, Retry.WORTHWHILE, "a frame ends too early"),
    OVERSIZED(602, ExitStatus.PROTOCOL, Retry.USELESS, "a length or count is over its maximum"),
    TRAILING(603, ExitStatus.PROTOCOL, Retry.USELESS, "a frame has bytes after its end"),
    UNKNOWN_FRAME(604, ExitStatus.PROTOCOL, Retry.USELESS, "a frame is of a type that this version does not know"),
    TOO_OLD(605, ExitStatus.PROTOCOL, Retry.USELESS, "the peer's version is too old"),
    TOO_NEW(606, ExitStatus.PROTOCOL, Retry.USELESS, "the peer's version is newer than this one knows"),
    CREDIT_EXCEEDED(607, ExitStatus.PROTOCOL, Retry.USELESS, "the sender has more entries in flight than granted"),
    NOT_FERRY(608, ExitStatus.PROTOCOL, Retry.USELESS, "the peer does not speak Ferry"),
    /** Never an error of the transfer: it goes on with the streams that it has. */
    JOIN_REFUSED(609, ExitStatus.PROTOCOL, Retry.USELESS, "a further stream was not let into its transfer"),

    CORRUPT_FRAME(700, ExitStatus.INTEGRITY, Retry.WORTHWHILE, "a frame's checksum does not agree"),
    CORRUPT_FILE(701, ExitStatus.INTEGRITY, Retry.WORTHWHILE, "the checksum of the whole does not agree"),

    NAME_REFUSED(800, ExitStatus.REFUSED, Retry.USELESS, "the name is not allowed at the receiver"),
    CONFLICT(801, ExitStatus.REFUSED, Retry.USELESS, "the receiver has a different file under that name"),
    SKIPPED(802, ExitStatus.REFUSED, Retry.USELESS, "skipped: the receiver keeps its different file of that name"),
    TOO_LARGE(803, ExitStatus.REFUSED, Retry.USELESS, "larger than the receiver accepts"),
    NO_SPACE(804, ExitStatus.REFUSED, Retry.USELESS, "the receiver has no space left"),
    STORAGE_FAILED(805, ExitStatus.REFUSED, Retry.USELESS, "the receiver could not store it"),
    NOT_ALLOWED(806, ExitStatus.REFUSED, Retry.USELESS, "the receiver does not take entries of this kind"),
    KIND_CONFLICT(807, ExitStatus.REFUSED, Retry.USELESS, "a directory is where a file should be, or the reverse"),
    LINK_REFUSED(808, ExitStatus.REFUSED, Retry.USELESS, "the symbolic link leads out of the transfer"),
    /** For refusals that come without a code, as those of the classic protocol do. */
    REFUSED(809, ExitStatus.REFUSED, Retry.USELESS, "the receiver refused, in its own words"),

    /** Withdrawn by the sender, who offers the entry again; never counted, and a violation from a receiver. */
    SUPERSEDED(900, ExitStatus.PROTOCOL, Retry.USELESS, "withdrawn, and offered again as another entry"),
    INTERRUPTED(901, ExitStatus.INTERRUPTED, Retry.USELESS, "stopped by its user"),
    TERMINATED(902, ExitStatus.TERMINATED, Retry.USELESS, "stopped by the system");

    private static final Map<Integer, ErrorCode> BY_WIRE_NUMBER =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(ErrorCode::wireNumber, Function.identity()));

    /** Whether trying the same again, without anybody changing anything, can end better. */
    private enum Retry {
        WORTHWHILE,
        USELESS
    }

    private final int wireNumber;
    private final ExitStatus exitStatus;
    private final Retry retry;
    private final String meaning;

    ErrorCode(int wireNumber, ExitStatus exitStatus, Retry retry, String meaning) {
        this.wireNumber = wireNumber;
        this.exitStatus = exitStatus;
        this.retry = retry;
        this.meaning = meaning;
    }

    /** The number in frames and in JSON: an unsigned 16-bit integer. */
    public int wireNumber() {
        return wireNumber;
    }

    /** The exit status of a program all of whose failures have this code. */
    public ExitStatus exitStatus() {
        return exitStatus;
    }

    /** Whether trying the same again, without anybody changing anything, can end better. */
    public boolean retryable() {
        return retry == Retry.WORTHWHILE;
    }

    /** One line for people, in lower case and without a period. */
    public String meaning() {
        return meaning;
    }

    /** The code with this number, or {@link #UNKNOWN}, since a newer peer may have more of them. */
    public static ErrorCode fromWire(int number) {
        return BY_WIRE_NUMBER.getOrDefault(number, UNKNOWN);
    }
}
