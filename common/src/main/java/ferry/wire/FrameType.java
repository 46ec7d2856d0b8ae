package ferry.wire;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import org.jspecify.annotations.Nullable;

/** The types of frames, their numbers and who may send them: the table of section 5 of docs/PROTOCOL.md. */
enum FrameType {
    HELLO(0x01, From.SENDER),
    WELCOME(0x02, From.RECEIVER),
    JOIN(0x03, From.SENDER),
    CHALLENGE(0x04, From.RECEIVER),
    JOIN_PROOF(0x05, From.SENDER),
    JOINED(0x06, From.RECEIVER),
    CODE_PROOF(0x07, From.BOTH),
    OFFER(0x10, From.SENDER),
    VERDICT(0x11, From.RECEIVER),
    PROOF(0x12, From.SENDER),
    SAME(0x13, From.RECEIVER),
    SEND(0x14, From.RECEIVER),
    DATA(0x15, From.SENDER),
    END(0x16, From.SENDER),
    STORED(0x17, From.RECEIVER),
    RECEIPT(0x18, From.RECEIVER),
    DONE(0x19, From.SENDER),
    FINISHED(0x1A, From.RECEIVER),
    FAILED(0x1B, From.BOTH),
    ABORT(0x1C, From.BOTH),
    KEEPALIVE(0x1D, From.BOTH);

    private enum From {
        SENDER,
        RECEIVER,
        BOTH
    }

    private static final @Nullable FrameType[] BY_NUMBER = new @Nullable FrameType[KEEPALIVE.number + 1];

    static {
        for (FrameType type : values()) {
            BY_NUMBER[type.number] = type;
        }
    }

    private final int number;
    private final From from;

    FrameType(int number, From from) {
        this.number = number;
        this.from = from;
    }

    static FrameType of(Frame frame) {
        return switch (frame) {
            case Frame.Hello hello -> HELLO;
            case Frame.Welcome welcome -> WELCOME;
            case Frame.Join join -> JOIN;
            case Frame.Challenge challenge -> CHALLENGE;
            case Frame.JoinProof proof -> JOIN_PROOF;
            case Frame.Joined joined -> JOINED;
            case Frame.CodeProof proof -> CODE_PROOF;
            case Frame.Offer offer -> OFFER;
            case Frame.Verdict verdict -> VERDICT;
            case Frame.Proof proof -> PROOF;
            case Frame.Same same -> SAME;
            case Frame.Send send -> SEND;
            case Frame.Data data -> DATA;
            case Frame.End end -> END;
            case Frame.Stored stored -> STORED;
            case Frame.Receipt receipt -> RECEIPT;
            case Frame.Done done -> DONE;
            case Frame.Finished finished -> FINISHED;
            case Frame.Failed failed -> FAILED;
            case Frame.Abort abort -> ABORT;
            case Frame.KeepAlive keepAlive -> KEEPALIVE;
        };
    }

    int number() {
        return number;
    }

    boolean mayComeFrom(Side side) {
        return switch (from) {
            case BOTH -> true;
            case SENDER -> side == Side.SENDER;
            case RECEIVER -> side == Side.RECEIVER;
        };
    }

    /** Whether this byte may be the first that comes from a receiver; any other is not Ferry's, in any version. */
    static boolean mayOpenAnswer(int number) {
        return number == WELCOME.number
                || number == CHALLENGE.number
                || number == JOINED.number
                || number == CODE_PROOF.number
                || number == ABORT.number
                || number == KEEPALIVE.number;
    }

    /** The type with this number, or UNKNOWN_FRAME: without knowing the type, nothing after it makes sense. */
    static FrameType fromWire(int number) throws TransferException {
        FrameType type = number < BY_NUMBER.length ? BY_NUMBER[number] : null;
        if (type == null) {
            throw new TransferException(
                    ErrorCode.UNKNOWN_FRAME, "frame from the peer", "unknown type 0x%02x".formatted(number));
        }
        return type;
    }
}
