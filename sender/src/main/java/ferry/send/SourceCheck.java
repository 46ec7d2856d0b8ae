package ferry.send;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at every SOURCE argument before anything is sent: whether it is there, what it is, and the name under which it
 * arrives. A source that is a symbolic link is followed, since whoever names it means the file. Used by one thread.
 */
final class SourceCheck {
    /** A source that cannot be sent; the others may be. */
    record Failure(String source, TransferException cause) {}

    private final List<Root> roots = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Map<RelativePath, Source> named = new HashMap<>();

    private SourceCheck() {}

    /**
     * Checks all sources, in the order given.
     *
     * @throws TransferException USAGE if two would arrive under one name, or one under none
     */
    static SourceCheck of(List<Source> sources) throws TransferException {
        SourceCheck check = new SourceCheck();
        for (Source source : sources) {
            check.add(source);
        }
        return check;
    }

    /** The sources that can be sent, in the order given. */
    List<Root> roots() {
        return List.copyOf(roots);
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    private void add(Source source) throws TransferException {
        try {
            Root root = switch (source) {
                case Source.Named file -> find(file.path());
                case Source.StandardInput input -> new Root.StandardInput(name(input.name()));
            };
            requireOwnName(root.name(), source);
            roots.add(root);
        } catch (TransferException e) {
            if (e.code() == ErrorCode.USAGE) {
                throw e;
            }
            failures.add(new Failure(source.toString(), e));
        }
    }

    private void requireOwnName(RelativePath name, Source source) throws TransferException {
        Source earlier = named.putIfAbsent(name, source);
        if (earlier != null) {
            throw new TransferException(
                            ErrorCode.USAGE,
                            source.toString(),
                            "it would arrive as '%s', and so would %s".formatted(name, earlier))
                    .withHint("send them one after the other, to different directories");
        }
    }

    private static Root find(Path path) throws TransferException {
        try {
            // Asked before the real path, which the pipes of "<(command)" do not have.
            if (Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
                throw new TransferException(
                                ErrorCode.SOURCE_UNREADABLE,
                                path.toString(),
                                "not a file, but a pipe, socket or device")
                        .withHint("send what comes out of it: send --name NAME - TARGET < " + path);
            }
            Path real = Files.isSymbolicLink(path) ? path.toRealPath() : path;
            return new Root.Found(name(lastName(path)), real, FileStamp.look(real));
        } catch (IOException e) {
            throw LocalFailure.ofNamed(path.toString(), e);
        }
    }

    /** The last segment as typed, or for {@code .} and {@code ..} that of the directory they stand for. */
    private static String lastName(Path path) throws IOException, TransferException {
        Path last = path.getFileName();
        boolean pointsElsewhere =
                last != null && (last.toString().equals(".") || last.toString().equals(".."));
        if (last == null || last.toString().isEmpty() || pointsElsewhere) {
            last = path.toRealPath().getFileName();
        }
        if (last == null) {
            throw new TransferException(ErrorCode.USAGE, path.toString(), "it has no name under which it could arrive")
                    .withHint("name the directories in it: send /etc /home TARGET");
        }
        return PathText.of(last);
    }

    /** A name that the protocol cannot carry is the source's fault here, not the receiver's refusal. */
    private static RelativePath name(String text) throws TransferException {
        try {
            return RelativePath.parse(text);
        } catch (TransferException e) {
            throw new TransferException(ErrorCode.SOURCE_NAME, e.what(), e.why(), e);
        }
    }
}
