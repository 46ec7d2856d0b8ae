package ferry.send;

import ferry.error.TransferException;

/** Whoever takes what a {@link TreeScanner} finds, called on the scanner's thread, in the order of the walk. */
interface ScanConsumer {
    /** An entry to send; a directory comes before what is in it. May wait until there is room for it. */
    void found(SourceEntry entry);

    /**
     * Something that was to be sent and cannot be, alone or with all that is in it.
     *
     * @param path under which it would have arrived, for people
     */
    void failed(String path, TransferException cause);

    /** Something that has no content to send and is left out; nobody's failure. */
    void leftOut(String path, String why);

    /** Whether nothing more is wanted, so that the walk may end. */
    boolean isClosed();
}
