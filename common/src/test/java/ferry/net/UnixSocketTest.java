package ferry.net;

import static ferry.net.Peers.bytes;
import static ferry.net.Peers.connect;
import static ferry.net.Peers.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnixSocketTest {
    private static final ConnectionHandler GREETER =
            connection -> connection.write(bytes(connection.peer() + " " + connection.isLocal()));

    @TempDir
    Path folder;

    @Test
    void servesWhoConnectsAndCleansUp() throws Exception {
        Endpoint.Unix endpoint = endpoint();
        try (Acceptor acceptor = listen(endpoint)) {
            assertThat(acceptor.endpoints()).containsExactly(endpoint);
            try (Connection connection = connect(endpoint)) {
                assertThat(connection.peer()).isEqualTo(endpoint.toString());
                assertThat(connection.isLocal()).isTrue();
                assertThat(readAll(connection)).isEqualTo(endpoint + " true");
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(endpoint.socket())))
                    .isEqualTo("rw-------");
        }
        assertThat(endpoint.socket()).doesNotExist();
    }

    @Test
    void replacesASocketThatADeadProcessLeft() throws Exception {
        Endpoint.Unix endpoint = endpoint();
        leaveStale(endpoint.socket());
        try (Acceptor acceptor = listen(endpoint);
                Connection connection = connect(endpoint)) {
            assertThat(acceptor.endpoints()).hasSize(1);
            assertThat(readAll(connection)).endsWith("true");
        }
    }

    @Test
    void leavesALiveSocketAlone() throws Exception {
        Endpoint.Unix endpoint = endpoint();
        try (Acceptor first = listen(endpoint)) {
            TransferException e = catchThrowableOfType(
                    TransferException.class, () -> listen(endpoint).close());
            assertThat(e.code()).isEqualTo(ErrorCode.LISTEN_FAILED);
            assertThat(e).hasMessage(endpoint + ": cannot listen, another program listens there");
            try (Connection connection = connect(first.endpoints().getFirst())) {
                assertThat(readAll(connection)).endsWith("true");
            }
        }
    }

    @Test
    void leavesAFileThatIsNoSocketAlone() throws IOException {
        Endpoint.Unix endpoint = endpoint();
        Files.writeString(endpoint.socket(), "precious");
        TransferException e = catchThrowableOfType(
                TransferException.class, () -> listen(endpoint).close());
        assertThat(e).hasMessage(endpoint + ": cannot listen, a file that is not a socket is in the way");
        assertThat(endpoint.socket()).hasContent("precious");
    }

    @Test
    void doesNotRemoveTheSocketOfAnotherProcess() throws Exception {
        Endpoint.Unix endpoint = endpoint();
        try (Acceptor replaced = listen(endpoint)) {
            assertThat(replaced.endpoints()).hasSize(1);
            Files.move(endpoint.socket(), folder.resolve("moved"));
            leaveStale(endpoint.socket());
        }
        assertThat(endpoint.socket()).exists();
    }

    @Test
    void aMissingFolderIsAnError() {
        Endpoint.Unix endpoint = new Endpoint.Unix(folder.resolve("none/s.sock"));
        TransferException e = catchThrowableOfType(
                TransferException.class, () -> listen(endpoint).close());
        assertThat(e.code()).isEqualTo(ErrorCode.LISTEN_FAILED);
        assertThat(e).hasMessage(endpoint + ": cannot listen, no such file or directory");
    }

    private Endpoint.Unix endpoint() {
        return new Endpoint.Unix(folder.resolve("s.sock"));
    }

    private static Acceptor listen(Endpoint endpoint) throws TransferException {
        return Acceptor.open(List.of(endpoint), 100, Places.of(AcceptOptions.DEFAULT), GREETER, AcceptListener.NONE);
    }

    /** A bound socket leaves its file behind, as a killed process does. */
    private static void leaveStale(Path path) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
        }
    }
}
