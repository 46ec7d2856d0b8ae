package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says what a failure of the receiver's disk means for an entry; for any thread. */
final class DiskFailures {
    /** With less than this free, a write that failed is taken to have failed for it, whatever the system called it. */
    private static final long EXHAUSTED = 64 * 1024;

    private final FreeSpace space;

    DiskFailures(FreeSpace space) {
        this.space = space;
    }

    /**
     * @param what the path of the entry
     * @param doing what was being done, as in "cannot be {@code placed}"
     */
    TransferException explain(Object what, String doing, IOException failure) {
        String reason = reason(failure);
        if (isFull(failure, reason)) {
            return new TransferException(
                    ErrorCode.NO_SPACE, what.toString(), "no space is left on the receiver's disk", failure);
        }
        // The system's texts, which Java gives in place of its numbers; a translated one is merely less precise.
        ErrorCode code = switch (reason) {
            case "File too large" -> ErrorCode.TOO_LARGE;
            case "File name too long", "Invalid or incomplete multibyte or wide character" -> ErrorCode.NAME_REFUSED;
            default -> ErrorCode.STORAGE_FAILED;
        };
        return new TransferException(code, what.toString(), "cannot be %s: %s".formatted(doing, reason), failure);
    }

    /** The system's reason without the path, which may be one of staging. */
    static String reason(IOException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "its folder has vanished";
            case FileAlreadyExistsException _ -> "something else is there";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }

    /** Whether it failed because the disk, or the share of it that we may use, is full. */
    boolean isFull(IOException failure) {
        return isFull(failure, reason(failure));
    }

    private boolean isFull(IOException failure, String reason) {
        if (reason.equals("No space left on device") || reason.equals("Disk quota exceeded")) {
            return true;
        }
        if (failure instanceof AccessDeniedException
                || failure instanceof NoSuchFileException
                || failure instanceof FileAlreadyExistsException) {
            return false;
        }
        try {
            return space.bytes() < EXHAUSTED;
        } catch (IOException e) {
            return false;
        }
    }
}
