package ferry.receive;

import ferry.entry.ChunkSet;
import java.util.Optional;

/** How an offered file is taken; a refusal is an exception instead. */
sealed interface Admission {
    /** Where its bytes go. It holds the reserved space, so it must be completed or abandoned even if none come. */
    StagedFile staged();

    /** Everything is to be sent, in any order. */
    record Accept(StagedFile staged) implements Admission {}

    /** Everything is to be sent in rising offsets, without holes. */
    record AcceptInOrder(StagedFile staged) implements Admission {}

    /**
     * Parts of it are here: chunks that are the same need not be sent.
     *
     * @param candidate a file under its name; empty if there is only what an earlier transfer has left in staging
     * @param chunks those that either may have, and that are to be proved
     */
    record Compare(StagedFile staged, Optional<Candidate> candidate, ChunkSet chunks) implements Admission {}
}
