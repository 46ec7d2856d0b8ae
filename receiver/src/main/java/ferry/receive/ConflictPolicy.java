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
     * Refuses what can be placed neither beside nor over something different.
     *
     * @param offered FILE or LINK
     * @throws TransferException KIND_CONFLICT, SKIPPED or CONFLICT
     */
    void requireRoom(RelativePath path, Found offered, Found there) throws TransferException {
        boolean room = switch (this) {
            case RENAME -> there != Found.DIRECTORY;
            case OVERWRITE -> there == offered;
            case SKIP, FAIL -> false;
        };
        if (!room) {
            throw refusal(path, there);
        }
    }

    /** Whether a directory that is there gets the mode and the time of the one that is offered. */
    boolean changesDirectories() {
        return this == OVERWRITE;
    }

    /** The refusal for what is there: KIND_CONFLICT, SKIPPED or CONFLICT. */
    TransferException refusal(RelativePath path, Found there) {
        if (there == Found.DIRECTORY) {
            return refusal(ErrorCode.KIND_CONFLICT, path, "the receiver has a directory there");
        }
        return switch (this) {
            case SKIP -> refusal(ErrorCode.SKIPPED, path, "the receiver keeps its different " + there.words());
            case RENAME, FAIL ->
                refusal(ErrorCode.CONFLICT, path, "the receiver has a different %s there".formatted(there.words()));
            case OVERWRITE ->
                refusal(ErrorCode.KIND_CONFLICT, path, "the receiver does not replace a " + there.words());
        };
    }

    private static TransferException refusal(ErrorCode code, RelativePath path, String why) {
        return new TransferException(code, path.toString(), why);
    }
}
