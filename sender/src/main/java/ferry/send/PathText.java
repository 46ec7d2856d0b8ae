package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The names of local files as text. Pure functions, for any thread.
 *
 * <p>On Unix a name is bytes. A {@link Path} that came from the file system keeps them, and opens the right file, but
 * {@link Path#toString} decodes them by the locale and replaces what does not fit: under {@code LC_ALL=C} every letter
 * beyond ASCII, in any locale the bytes that are not UTF-8. The names sent are UTF-8 whatever the locale, so where text
 * and path differ, the bytes are asked for; the path's URI, which escapes each byte, is the one place that shows them.
 */
final class PathText {
    private PathText() {}

    /**
     * The text of a file's name.
     *
     * @param name of one segment, as the file system gave it
     * @throws TransferException {@link ErrorCode#SOURCE_NAME} if it is not valid UTF-8
     */
    static String of(Path name) throws TransferException {
        String text = name.toString();
        if (roundTrips(name, text)) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(name)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TransferException(ErrorCode.SOURCE_NAME, display(name), "the name is not valid UTF-8", e)
                    .withHint("rename it, or pack its directory: tar -c DIR | send --name DIR.tar - TARGET");
        }
    }

    /** The text of the target of a symbolic link, absolute or not, with each segment as {@link #of} gives it. */
    static String ofTarget(Path target) throws TransferException {
        List<String> segments = new ArrayList<>(target.getNameCount());
        for (Path segment : target) {
            segments.add(of(segment));
        }
        return (target.isAbsolute() ? "/" : "") + String.join("/", segments);
    }

    /** A name for people, whatever its bytes: those that are no text appear as {@code \xNN}. */
    static String display(Path name) {
        String text = name.toString();
        if (roundTrips(name, text)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        for (byte b : bytes(name)) {
            if (b >= 0) {
                shown.append((char) b);
            } else {
                shown.append("\\x").append(HexFormat.of().toHexDigits(b));
            }
        }
        return shown.toString();
    }

    private static boolean roundTrips(Path name, String text) {
        try {
            return name.getFileSystem().getPath(text).equals(name);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static byte[] bytes(Path name) {
        String raw = name.toUri().getRawPath();
        int end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
        int next = raw.lastIndexOf('/', end - 1) + 1;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end - next);
        while (next < end) {
            if (raw.charAt(next) == '%') {
                bytes.write(HexFormat.fromHexDigits(raw, next + 1, next + 3));
                next += 3;
            } else {
                bytes.write(raw.charAt(next));
                next++;
            }
        }
        return bytes.toByteArray();
    }
}
