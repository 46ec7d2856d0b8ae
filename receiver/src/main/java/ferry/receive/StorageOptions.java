package ferry.receive;

import java.util.OptionalLong;

/**
 * What the user wants of the folder that is received into.
 *
 * @param maxFileSize most bytes of one file; empty for no limit
 * @param maxTransferSize most bytes that one transfer may store; empty for no limit
 */
record StorageOptions(
        ConflictPolicy onConflict, SyncPolicy sync, OptionalLong maxFileSize, OptionalLong maxTransferSize) {
    static final StorageOptions DEFAULT =
            new StorageOptions(ConflictPolicy.RENAME, SyncPolicy.FSYNC, OptionalLong.empty(), OptionalLong.empty());
}
