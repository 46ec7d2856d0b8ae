package ferry.receive;

import ferry.error.TransferException;
import ferry.event.TransferListener;
import ferry.net.Tls;
import ferry.net.TlsProvider;
import ferry.net.TlsTrust;
import ferry.trust.AllowedSenders;
import ferry.trust.CodeKey;
import ferry.trust.Identity;
import ferry.trust.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Rules by which receivers of tests let senders in, and the identities of all of them. */
final class TestAccess {
    /** That of all receivers which ask for one. */
    static final CodeKey CODE = CodeKey.derive(Secret.generate());

    static final CodeKey OTHER_CODE = CodeKey.derive(Secret.generate());
    static final Identity RECEIVER = identity();
    static final Identity ALICE = identity();
    static final Identity BOB = identity();

    private TestAccess() {}

    private static Identity identity() {
        try {
            return Identity.of(Optional.empty());
        } catch (TransferException e) {
            throw new IllegalStateException(e);
        }
    }

    static PreparedAccess anybody(TransferListener listener) throws TransferException {
        return prepared(listener, Transports.ALL, Optional.empty(), Optional.empty());
    }

    static PreparedAccess encrypted(TransferListener listener) throws TransferException {
        return prepared(listener, Transports.ENCRYPTED, Optional.empty(), Optional.empty());
    }

    static RunningReceiver.Rules code(SharedCode.Use use, Duration expires) {
        PreparedAccess.Code code = new PreparedAccess.Code(use, Optional.empty(), expires);
        return listener -> prepared(listener, Transports.ENCRYPTED, Optional.empty(), Optional.of(code));
    }

    static RunningReceiver.Rules codeForOne() {
        return code(SharedCode.Use.ONE_TRANSFER, Duration.ofHours(1));
    }

    /** Those whom this file lists, which is written. */
    static RunningReceiver.Rules allowing(Path file, String... lines) throws IOException {
        Files.write(file, List.of(lines));
        return listener -> prepared(listener, Transports.ENCRYPTED, Optional.of(file), Optional.empty());
    }

    private static PreparedAccess prepared(
            TransferListener listener,
            Transports transports,
            Optional<Path> allowed,
            Optional<PreparedAccess.Code> code)
            throws TransferException {
        PacedNotices notices = new PacedNotices(listener, System::nanoTime);
        Access access = new Access(
                transports,
                Optional.of(Tls.of(TlsProvider.JDK, RECEIVER, new TlsTrust.AnyKey())),
                allowed.map(AllowedSenders::in),
                code.map(use -> new SharedCode(CODE, use.use(), new WrongCodes(WrongCodes.Clock.SYSTEM), notices)),
                notices);
        return new PreparedAccess(
                access, transports, Optional.of(RECEIVER.fingerprint()), code, allowed, Optional.empty());
    }
}
