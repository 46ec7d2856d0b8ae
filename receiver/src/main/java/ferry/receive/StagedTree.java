package ferry.receive;

/**
 * A tree in staging that may outlive its transfer, and that one transfer has claimed, which ends the claim by {@link #keep} or
 * {@link #remove}. Immutable.
 *
 * @param all that it goes back to
 * @param bytes how many earlier transfers have left
 */
record StagedTree(Trees all, TreeFolder folder, Origin origin, long bytes) {
    /** Whether there is anything in it. */
    enum Origin {
        NEW,
        /** An earlier transfer has left something, which may be of an older version of the tree. */
        KEPT
    }

    /**
     * Ends the claim, and leaves what is there to the next transfer.
     *
     * @param size in bytes
     */
    void keep(long size) {
        all.release(folder, size);
    }

    /** Ends the claim, and deletes what is there. */
    void remove() {
        all.remove(folder);
    }
}
