package ferry.receive;

/** What is kept in staging for transfers that may be tried again, and makes way for those that run; for any thread. */
interface KeptSpace {
    /** Nothing is kept. */
    KeptSpace NONE = new KeptSpace() {
        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public boolean evictOldest() {
            return false;
        }
    };

    /** How many bytes would be free if all of it made way. */
    long bytes();

    /** Removes what was used least recently; false if there is nothing left. For threads that may do file I/O. */
    boolean evictOldest();
}
