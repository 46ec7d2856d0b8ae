package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;

/** What becomes of a file or link whose name is taken by a different one; what is the same is never written again. */
enum ConflictPolicy {
    /** It gets a number: {@code file (1).bin}. */
    RENAME,
    /** It replaces what is there, if that is of the same kind: a file a file, a link a link. */
    OVERWRITE,
    /** It is refused as skipped. */
    SKIP,
    /** It is refused as a conflict. */
    FAIL;

    /**
     * Refuses what cannot be placed beside or over something different; a directory gives way to nothing.
     *
     * @param offered FILE or LINK
     * @throws TransferException KIND_CONFLICT, SKIPPED or CONFLICT
     */
    void requireRoom(RelativePath path, Found offered, Found there) throws TransferException {
        if (there == Found.DIRECTORY || (this == OVERWRITE && there != offered)) {
            throw refusal(
                    ErrorCode.KIND_CONFLICT,
                    path,
                    "expected no %s under this name, the receiver has one".formatted(there.words()));
        }
        switch (this) {
            case RENAME, OVERWRITE -> {}
            case SKIP ->
                throw refusal(ErrorCode.SKIPPED, path, "the receiver keeps its different %s".formatted(there.words()));
            case FAIL ->
                throw refusal(
                        ErrorCode.CONFLICT, path, "the receiver has a different %s there".formatted(there.words()));
        }
    }

    private static TransferException refusal(ErrorCode code, RelativePath path, String why) {
        return new TransferException(code, path.toString(), why);
    }
}
