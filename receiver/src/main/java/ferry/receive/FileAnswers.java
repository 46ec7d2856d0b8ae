package ferry.receive;

import ferry.error.TransferException;
import ferry.wire.Reason;

/**
 * What a session says for its files. Called by their steps, on disk-pool threads, and never waits. Each file gets exactly
 * one of {@code refused}, {@code placed}, {@code failed}, {@code violated},
 * {@code withdrawn} and {@code dropped}, as its last call.
 */
interface FileAnswers {
    /** Whether content may still come after END, over another stream than that of END. */
    boolean mayEndOvertakeData();

    void accepted(IncomingFile file, Admission admission);

    void same(IncomingFile file, long chunk);

    /** Answers a proof, as {@link #same} does. */
    void send(IncomingFile file, long chunk);

    /** A chunk that was the same has changed since. */
    void sendAgain(IncomingFile file, long chunk);

    /** The file was judged, and is not wanted. */
    void refused(IncomingFile file, TransferException reason);

    /** The file is under its final name; its receipt waits for the sync of the directory. */
    void placed(Receipts.Placed placed);

    void failed(IncomingFile file, TransferException reason);

    /** The sender broke the protocol, which ends the transfer. */
    void violated(IncomingFile file, TransferException violation);

    /** The sender itself has ended the entry. */
    void withdrawn(IncomingFile file, Reason reason);

    /** The same, after its last call; perhaps it was {@code placed}, and has no final answer yet. */
    void withdrawnLate(IncomingFile file);

    /** The session is over, and nobody waits for an answer. */
    void dropped(IncomingFile file);
}
