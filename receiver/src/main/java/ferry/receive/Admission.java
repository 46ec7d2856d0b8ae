package ferry.receive;

/** How an offered file is taken; a refusal is an exception instead. */
sealed interface Admission {
    /** Where its bytes go. It holds the reserved space, so it must be completed or abandoned even if none come. */
    StagedFile staged();

    /** Everything is to be sent, in any order. */
    record Accept(StagedFile staged) implements Admission {}

    /** Everything is to be sent in rising offsets, without holes. */
    record AcceptInOrder(StagedFile staged) implements Admission {}

    /** There is a file of the same size under this name: chunks that are the same need not be sent. */
    record Compare(StagedFile staged, Candidate candidate) implements Admission {}
}
