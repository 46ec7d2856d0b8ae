package ferry.receive;

import java.util.OptionalLong;

/**
 * What the user wants of the folder that is received into.
 *
 * @param maxFileSize most bytes of one file; empty for no limit
 * @param maxTransferSize most bytes that one transfer may store; empty for no limit
 * @param readOnly names that are never given to what arrives
 * @param sha256 whether the SHA-256 of each file is computed too
 */
record StorageOptions(
        ConflictPolicy onConflict,
        SyncPolicy sync,
        OptionalLong maxFileSize,
        OptionalLong maxTransferSize,
        ReadOnlyNames readOnly,
        boolean sha256) {
    static final StorageOptions DEFAULT =
            new StorageOptions(ConflictPolicy.RENAME, SyncPolicy.FSYNC, OptionalLong.empty(), OptionalLong.empty());

    /** Options by which any name may be written. */
    StorageOptions(ConflictPolicy onConflict, SyncPolicy sync, OptionalLong maxFileSize, OptionalLong maxTransferSize) {
        this(onConflict, sync, maxFileSize, maxTransferSize, ReadOnlyNames.NONE, false);
    }

    /** The same with another policy. */
    StorageOptions with(ConflictPolicy policy) {
        return new StorageOptions(policy, sync, maxFileSize, maxTransferSize, readOnly, sha256);
    }
}
