package ferry.error;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Why a file that the user named cannot be used. Pure functions, for any thread. */
public final class FileReason {
    private static final String NOT_THERE = "no such file or directory";

    private FileReason() {}

    /** In words for people: what the system says of a file is its name again, and perhaps a reason. */
    public static String of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> NOT_THERE;
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
        };
    }
}
