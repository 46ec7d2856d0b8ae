package ferry.receive;

import ferry.entry.Durability;

/** Whether files and directories are synced to the disk before their receipts. */
enum SyncPolicy {
    FSYNC(Durability.DURABLE),
    NO_FSYNC(Durability.WRITTEN);

    private final Durability durability;

    SyncPolicy(Durability durability) {
        this.durability = durability;
    }

    /** What a receipt may claim. */
    Durability durability() {
        return durability;
    }
}
