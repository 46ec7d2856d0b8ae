package ferry.entry;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.io.FileSystem;

/**
 * Where a symbolic link points, which is never outside of the transfer; immutable.
 *
 * <p>It is relative, and {@code ..} stands only at its start and leads no higher than the top of the transfer. A
 * {@code ..} further on is refused even if it seems harmless, since what is before it may be a link itself:
 * {@code other/..} is wherever {@code other} points, one up. Because links are placed only in real directories, every
 * chain of such links stays inside. Nor does it point at {@value RelativePath#RESERVED}. Empty segments, {@code .} and
 * a slash at the end are kept: they change nothing.
 *
 * <p>What breaks these rules is refused as {@link ErrorCode#LINK_REFUSED}.
 */
public final class LinkTarget {
    /** Most bytes of a target: what Linux lets a link hold. */
    public static final int MAX_BYTES = 4095;

    private final String text;
    private final RelativePath link;
    private final List<String> names;

    private LinkTarget(String text, RelativePath link, List<String> names) {
        this.text = text;
        this.link = link;
        this.names = names;
    }

    /** Checks the target that {@code link} would have; unpaired surrogates, which have no UTF-8, are refused. */
    public static LinkTarget parse(String text, RelativePath link) throws TransferException {
        requireText(text, link);
        int ups = 0;
        List<String> names = new ArrayList<>();
        for (String segment : text.split("/", -1)) {
            switch (segment) {
                case "", "." -> {}
                case ".." -> {
                    if (!names.isEmpty()) {
                        throw refused(link, "its target '%s' has '..' after a name".formatted(text));
                    }
                    ups++;
                }
                default -> names.add(segment);
            }
        }
        int level = link.depth() - 1 - ups;
        if (level < 0) {
            throw refused(link, "its target '%s' is outside of the transfer".formatted(text));
        }
        if (level == 0 && !names.isEmpty() && RelativePath.isReserved(names.getFirst())) {
            throw refused(link, "its target '%s' is in the receiver's own folder".formatted(text));
        }
        return new LinkTarget(text, link, List.copyOf(names));
    }

    /** Decodes and checks the bytes between position and limit, neither of which moves. */
    public static LinkTarget decode(ByteBuffer utf8, RelativePath link) throws TransferException {
        if (utf8.remaining() > MAX_BYTES) {
            throw tooLong(link, utf8.remaining());
        }
        try {
            return parse(Utf8.decode(utf8), link);
        } catch (CharacterCodingException e) {
            throw new TransferException(ErrorCode.LINK_REFUSED, link.toString(), "its target is not valid UTF-8", e);
        }
    }

    /** Whether the target was checked for the link at {@code path}; elsewhere it might lead outside. */
    boolean isOf(RelativePath path) {
        return link.equals(path);
    }

    /** The target as it is sent: UTF-8, at most {@link #MAX_BYTES}. */
    public byte[] utf8() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The target as a relative path in the file system of {@code root}, to create the link with; touches no disk.
     *
     * @throws TransferException LINK_REFUSED if this machine's file system cannot have such names, or gives one of
     *     their characters a meaning
     */
    public Path on(Path root) throws TransferException {
        return on(root, FileSystem.getCurrent());
    }

    Path on(Path root, FileSystem fileSystem) throws TransferException {
        for (String name : names) {
            Optional<String> refusal = LocalName.refusal(name, fileSystem);
            if (refusal.isPresent()) {
                throw refused(link, "its target '%s': %s".formatted(text, refusal.get()));
            }
        }
        try {
            return root.getFileSystem().getPath(text);
        } catch (InvalidPathException e) {
            throw new TransferException(
                            ErrorCode.LINK_REFUSED,
                            link.toString(),
                            "the file system cannot express its target '%s'".formatted(text),
                            e)
                    .withHint("start the program in a UTF-8 locale: LC_ALL=C.UTF-8");
        }
    }

    private static void requireText(String text, RelativePath link) throws TransferException {
        if (text.isEmpty()) {
            throw refused(link, "its target is empty");
        }
        if (text.indexOf('\0') >= 0) {
            throw refused(link, "its target has a NUL in it");
        }
        OptionalInt length = Utf8.length(text);
        if (length.isEmpty()) {
            throw refused(link, "its target cannot be written in UTF-8");
        }
        if (length.getAsInt() > MAX_BYTES) {
            throw tooLong(link, length.getAsInt());
        }
        if (text.startsWith("/")) {
            throw refused(link, "its target '%s' is absolute".formatted(RelativePath.shown(text)));
        }
    }

    private static TransferException tooLong(RelativePath link, int length) {
        return refused(link, "its target is %d bytes long, at most %d are allowed".formatted(length, MAX_BYTES));
    }

    private static TransferException refused(RelativePath link, String why) {
        return new TransferException(ErrorCode.LINK_REFUSED, link.toString(), why);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinkTarget target && text.equals(target.text) && link.equals(target.link);
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
