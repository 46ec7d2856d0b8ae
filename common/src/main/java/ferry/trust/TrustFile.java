package ferry.trust;

import ferry.error.ErrorCode;
import ferry.error.FileReason;
import ferry.error.TransferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Reads files on whose content it depends who is trusted: within bounds, as strict UTF-8, and only if nobody else could have
 * written, or read, what must be the user's alone. Symbolic links are followed, as managers of configuration files use them.
 * Pure of state, for any thread.
 */
final class TrustFile {
    /** The largest file in bytes; some 10,000 keys. */
    static final int MAX_SIZE = 1 << 20;

    private static final String NOT_THERE = "no such file or directory";

    /** Who besides its owner may touch a file. */
    enum Exposure {
        /** Nobody: it holds a private key. */
        PRIVATE("600", "others may read or write it, and a private key must be its owner's alone", "rwxrwx"),
        /** Its group may read it, as systems arrange for the keys of servers. */
        SHARED("g-wx,o=", "everybody may read it, or others write it, and it holds a private key", "-wxrwx"),
        /** Everybody may read it: what it holds is public. */
        PUBLIC("go-w", "others may write it, and would decide who is trusted", "-w--w-");

        private final String remedy;
        private final String reason;
        private final String forbidden;

        Exposure(String remedy, String reason, String forbidden) {
            this.remedy = remedy;
            this.reason = reason;
            this.forbidden = forbidden;
        }

        private Set<PosixFilePermission> forbidden() {
            return PosixFilePermissions.fromString("---" + forbidden);
        }
    }

    private TrustFile() {}

    /** The text of a file that must be there. */
    static String read(Path file, Exposure exposure) throws TransferException {
        return readIfThere(file, exposure).orElseThrow(() -> unusable(file, NOT_THERE));
    }

    /** The text of a file, or empty if there is none. */
    static Optional<String> readIfThere(Path file, Exposure exposure) throws TransferException {
        try {
            checkMode(file, exposure);
            return Optional.of(decode(file, bytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unusable(file, FileReason.of(e), e);
        }
    }

    /** The text of a file, a pipe or a device of at most so many bytes, whoever else may read it. */
    static String readAnything(Path file, int limit) throws TransferException {
        try {
            return decode(file, bytes(file, limit));
        } catch (IOException e) {
            throw unusable(file, FileReason.of(e), e);
        }
    }

    private static void checkMode(Path file, Exposure exposure) throws IOException, TransferException {
        if (!PrivateFiles.hasModes()) {
            return;
        }
        Set<PosixFilePermission> excess = EnumSet.noneOf(PosixFilePermission.class);
        excess.addAll(Files.getPosixFilePermissions(file));
        excess.retainAll(exposure.forbidden());
        if (!excess.isEmpty()) {
            throw unusable(file, exposure.reason).withHint("chmod " + exposure.remedy + " " + file);
        }
    }

    private static byte[] bytes(Path file) throws IOException, TransferException {
        if (!Files.isRegularFile(file)) {
            throw unusable(file, "expected a file, got something else");
        }
        return bytes(file, MAX_SIZE);
    }

    private static byte[] bytes(Path file, int limit) throws IOException, TransferException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw unusable(file, "expected at most %d bytes, got more".formatted(limit));
            }
            return bytes;
        }
    }

    private static String decode(Path file, byte[] bytes) throws TransferException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unusable(file, "expected UTF-8, got something else", e);
        }
    }

    static TransferException unusable(Path file, String why) {
        return new TransferException(ErrorCode.TRUST_FILE, file.toString(), why);
    }

    static TransferException unusable(Path file, String why, Throwable cause) {
        return new TransferException(ErrorCode.TRUST_FILE, file.toString(), why, cause);
    }
}
