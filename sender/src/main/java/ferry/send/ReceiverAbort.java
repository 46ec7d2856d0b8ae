package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.ShellWord;
import ferry.error.TransferException;
import ferry.net.Endpoint;
import ferry.wire.Reason;
import ferry.wire.Side;

/** Tells the sender's user why the receiver has ended the transfer, and what to type instead. Pure. */
final class ReceiverAbort {
    private ReceiverAbort() {}

    static TransferException of(Reason reason, Endpoint target) {
        ErrorCode said = reason.codeFrom(Side.RECEIVER);
        // We send whole frames: what became of one on the way there is the network's doing.
        ErrorCode code = said == ErrorCode.TRUNCATED ? ErrorCode.CONNECTION_LOST : said;
        TransferException failure =
                new TransferException(code, "receiver", reason.text().isEmpty() ? code.meaning() : reason.text());
        String to = ShellWord.quoted(target.toString());
        return switch (code) {
            case CODE_NEEDED -> failure.withHint("type the code that receive has shown: send --code FILE... " + to);
            case WRONG_CODE ->
                failure.withHint("compare it with what receive has shown, and type it: send --code FILE... " + to);
            case ACCESS_DENIED ->
                failure.withHint("if it lets in the keys of a list, it needs yours: send --fingerprint");
            case NOT_ENCRYPTED -> failure.withHint("leave out --plain: send FILE... " + to);
            default -> failure;
        };
    }
}
