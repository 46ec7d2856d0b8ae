package ferry.entry;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.io.FileSystem;

/**
 * The name of an entry in its transfer, and the only way from a peer's text to a path; immutable.
 *
 * <p>One or more segments with {@code /} between them, in UTF-8. No segment is empty, {@code .} or {@code ..}; none has
 * a NUL; the first is not {@value #RESERVED}, where the receiver works, nor anything that some file system takes for
 * it: its case, its compatibility forms and the characters that HFS+ and case-folding ext4 ignore in names make no
 * difference. All else is kept as it is, control characters too: {@link #toString} is for machines, and whoever shows
 * it escapes it.
 *
 * <p>What breaks these rules is refused as {@link ErrorCode#NAME_REFUSED}.
 */
public final class RelativePath implements Comparable<RelativePath> {
    /** Most bytes of a whole path. */
    public static final int MAX_BYTES = 4096;
    /** Most bytes of a segment, as in nearly every file system. */
    public static final int MAX_SEGMENT_BYTES = 255;
    /** Most segments: deeper than people go, and shallow enough to create and sync one by one. */
    public static final int MAX_DEPTH = 255;
    /** The folder in which the receiver stages, under the one it receives into. */
    public static final String RESERVED = ".ferry";

    private static final int MAX_SHOWN_CHARACTERS = 256;

    private final String text;

    private RelativePath(String text) {
        this.text = text;
    }

    /** Checks a path that is already text; unpaired surrogates, which have no UTF-8, are refused. */
    public static RelativePath parse(String text) throws TransferException {
        if (text.isEmpty()) {
            throw refused("empty path", "an entry must have a name");
        }
        requireLength(text, text, MAX_BYTES, "the path");
        if (text.startsWith("/")) {
            throw refused(text, "the path is absolute, expected one that is relative");
        }
        List<String> segments = cut(text);
        if (segments.size() > MAX_DEPTH) {
            throw refused(text, "%d levels deep, at most %d are allowed".formatted(segments.size(), MAX_DEPTH));
        }
        for (String segment : segments) {
            requireSegment(segment, text);
        }
        if (isReserved(segments.getFirst())) {
            throw refused(text, "'%s' is the receiver's own folder".formatted(RESERVED));
        }
        return new RelativePath(text);
    }

    /** Decodes and checks the bytes between position and limit, neither of which moves. */
    public static RelativePath decode(ByteBuffer utf8) throws TransferException {
        if (utf8.remaining() > MAX_BYTES) {
            throw refused("path", "%d bytes long, at most %d are allowed".formatted(utf8.remaining(), MAX_BYTES));
        }
        try {
            return parse(Utf8.decode(utf8));
        } catch (CharacterCodingException e) {
            throw new TransferException(
                    ErrorCode.NAME_REFUSED, shown(Utf8.decodeLeniently(utf8)), "the path is not valid UTF-8", e);
        }
    }

    /** The last segment. */
    public String name() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    /** The path of the directory that this is in; empty if it is at the top of the transfer. */
    public Optional<RelativePath> parent() {
        int slash = text.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(new RelativePath(text.substring(0, slash)));
    }

    /** How many segments there are; 1 at the top of the transfer. */
    public int depth() {
        int depth = 1;
        for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
            depth++;
        }
        return depth;
    }

    /** The path of something in this directory. */
    public RelativePath child(String segment) throws TransferException {
        requireOneSegment(segment);
        return parse(text + "/" + segment);
    }

    /** The path of something beside this. */
    public RelativePath withName(String segment) throws TransferException {
        requireOneSegment(segment);
        return parse(text.substring(0, text.length() - name().length()) + segment);
    }

    /** The path as it is sent: UTF-8, at most {@link #MAX_BYTES}. */
    public byte[] utf8() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The place of this entry below {@code root}, made absolute; touches no disk, so links are the caller's concern.
     *
     * @throws TransferException NAME_REFUSED if this machine's file system cannot have such a name, or gives one of
     *     its characters a meaning
     */
    public Path under(Path root) throws TransferException {
        return under(root, FileSystem.getCurrent());
    }

    Path under(Path root, FileSystem fileSystem) throws TransferException {
        Path path = root.toAbsolutePath();
        for (String segment : segments()) {
            path = descend(path, segment, fileSystem);
        }
        return path;
    }

    /**
     * As {@link #under}, for whoever knows where the directory is that this is in.
     *
     * @param directory what {@link #under} has returned for {@link #parent}, or the root if there is none
     */
    public Path inside(Path directory) throws TransferException {
        return descend(directory, name(), FileSystem.getCurrent());
    }

    /** Cut when they are needed, since very many paths are kept. */
    List<String> segments() {
        return cut(text);
    }

    /** By hand, and so are all loops over the characters of a path: each file of a tree has a few of them. */
    private static List<String> cut(String text) {
        List<String> segments = new ArrayList<>();
        int start = 0;
        for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', start)) {
            segments.add(text.substring(start, slash));
            start = slash + 1;
        }
        segments.add(text.substring(start));
        return segments;
    }

    private Path descend(Path directory, String segment, FileSystem fileSystem) throws TransferException {
        Optional<String> refusal = LocalName.refusal(segment, fileSystem);
        if (refusal.isPresent()) {
            throw refused(text, refusal.get());
        }
        try {
            Path child = directory.resolve(segment);
            if (!child.startsWith(directory) || child.getNameCount() != directory.getNameCount() + 1) {
                throw refused(text, "'%s' leads elsewhere in this file system".formatted(segment));
            }
            return child;
        } catch (InvalidPathException e) {
            throw new TransferException(
                            ErrorCode.NAME_REFUSED, text, "the file system cannot express '%s'".formatted(segment), e)
                    .withHint("start the program in a UTF-8 locale: LC_ALL=C.UTF-8");
        }
    }

    private static void requireOneSegment(String segment) throws TransferException {
        if (segment.indexOf('/') >= 0) {
            throw refused(segment, "expected a name, got a path");
        }
    }

    private static void requireSegment(String segment, String text) throws TransferException {
        switch (segment) {
            case "" -> throw refused(text, "a segment is empty");
            case ".", ".." -> throw refused(text, "a segment is '%s'".formatted(segment));
            default -> requireLength(segment, text, MAX_SEGMENT_BYTES, "a segment");
        }
        if (segment.indexOf('\0') >= 0) {
            throw refused(text, "a segment has a NUL in it");
        }
    }

    private static void requireLength(String part, String text, int most, String what) throws TransferException {
        OptionalInt length = Utf8.length(part);
        if (length.isEmpty()) {
            throw refused(text, what + " cannot be written in UTF-8");
        }
        if (length.getAsInt() > most) {
            throw refused(text, "%s is %d bytes long, at most %d are allowed".formatted(what, length.getAsInt(), most));
        }
    }

    /** Whether any file system may take {@code segment} for the receiver's own folder. */
    static boolean isReserved(String segment) {
        if (isAscii(segment)) {
            return segment.equalsIgnoreCase(RESERVED);
        }
        String visible = segment.codePoints()
                .filter(codePoint -> !isIgnorable(codePoint))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return Normalizer.normalize(visible, Normalizer.Form.NFKC).equalsIgnoreCase(RESERVED);
    }

    private static boolean isAscii(String segment) {
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Unicode's Default_Ignorable_Code_Point and all other format characters. */
    private static boolean isIgnorable(int codePoint) {
        return Character.getType(codePoint) == Character.FORMAT
                || codePoint == 0x034f
                || between(codePoint, 0x115f, 0x1160)
                || between(codePoint, 0x17b4, 0x17b5)
                || between(codePoint, 0x180b, 0x180f)
                || codePoint == 0x2065
                || codePoint == 0x3164
                || between(codePoint, 0xfe00, 0xfe0f)
                || codePoint == 0xffa0
                || between(codePoint, 0xfff0, 0xfff8)
                || between(codePoint, 0xe0000, 0xe0fff);
    }

    private static boolean between(int value, int first, int last) {
        return first <= value && value <= last;
    }

    private static TransferException refused(String what, String why) {
        return new TransferException(ErrorCode.NAME_REFUSED, shown(what), why);
    }

    /** The beginning of a text that may be of any length. */
    static String shown(String text) {
        return text.length() <= MAX_SHOWN_CHARACTERS ? text : text.substring(0, MAX_SHOWN_CHARACTERS) + "…";
    }

    /** Orders by segments, so that what is in a directory follows it at once: {@code a}, {@code a/b}, {@code a-b}. */
    @Override
    public int compareTo(RelativePath other) {
        return Arrays.compare(
                segments().toArray(String[]::new), other.segments().toArray(String[]::new));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RelativePath path && text.equals(path.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The text as it was given. */
    @Override
    public String toString() {
        return text;
    }
}
