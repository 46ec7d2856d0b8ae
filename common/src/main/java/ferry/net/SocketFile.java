package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file by which a listening Unix socket is found. It outlives a process that is killed, so a new one replaces it if nobody listens
 * there any more. Its mode is 0600, whatever the umask: until a transfer proves who it is, the file's permission is all the access
 * control that there is, and who wants others to send can open it with {@code chmod}.
 */
final class SocketFile {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path path;
    private final @Nullable Object identity;

    private SocketFile(Path path, @Nullable Object identity) {
        this.path = path;
        this.identity = identity;
    }

    /**
     * Removes the socket that a dead process left behind, if there is one.
     *
     * @throws TransferException LISTEN_FAILED if somebody listens there, or if the file is no socket
     */
    static void clearStale(Endpoint.Unix endpoint) throws TransferException, IOException {
        Path path = endpoint.socket();
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!attributes.isOther()) {
            throw refused(
                    endpoint,
                    "cannot listen, a file that is not a socket is in the way",
                    "choose another path: receive --listen unix:/PATH");
        }
        if (isAnswered(path)) {
            throw refused(
                    endpoint,
                    "cannot listen, another program listens there",
                    "choose another path: receive --listen unix:/PATH");
        }
        Files.deleteIfExists(path);
    }

    /** Takes possession of the file that binding has just made. */
    static SocketFile claim(Path path) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(OWNER_ONLY);
        }
        return new SocketFile(path.toAbsolutePath(), identityOf(path));
    }

    /** Removes the file unless another process has put its own in its place. */
    void removeIfOurs() {
        try {
            if (Objects.equals(identity, identityOf(path))) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // Gone already, or not ours to remove any more; the next start replaces a stale one.
        }
    }

    private static @Nullable Object identityOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static boolean isAnswered(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            // Also "not yet" is an answer: the queue of a living listener is full.
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    private static TransferException refused(Endpoint.Unix endpoint, String why, String hint) {
        return new TransferException(ErrorCode.LISTEN_FAILED, endpoint.toString(), why).withHint(hint);
    }
}
