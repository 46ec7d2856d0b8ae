package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;

/** Says what a failed look at a local file means for the transfer. Pure functions, for any thread. */
final class LocalFailure {
    private LocalFailure() {}

    /** For a file that was there when its directory was listed. */
    static TransferException of(String what, IOException problem) {
        return switch (problem) {
            case NoSuchFileException e ->
                new TransferException(ErrorCode.SOURCE_VANISHED, what, "it is no longer there", e);
            case AccessDeniedException e ->
                new TransferException(ErrorCode.SOURCE_UNREADABLE, what, "permission denied", e);
            default -> new TransferException(ErrorCode.SOURCE_UNREADABLE, what, reason(problem), problem);
        };
    }

    /** For a file that the user named. */
    static TransferException ofNamed(String what, IOException problem) {
        return problem instanceof NoSuchFileException
                ? new TransferException(ErrorCode.SOURCE_UNREADABLE, what, "no such file or directory", problem)
                : of(what, problem);
    }

    /** The system's words; those of a file system exception without its file names, which we tell ourselves. */
    private static String reason(IOException problem) {
        Optional<String> words = problem instanceof FileSystemException e
                ? Optional.ofNullable(e.getReason())
                : Optional.ofNullable(problem.getMessage());
        return words.map(text -> text.toLowerCase(Locale.ROOT)).orElse("it cannot be read");
    }
}
