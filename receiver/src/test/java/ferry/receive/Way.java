package ferry.receive;

import ferry.error.TransferException;
import ferry.event.TransferListener;
import ferry.wire.Features;
import ferry.wire.Frame;
import java.time.Duration;

/** How a sender comes to be let in by a receiver that is attacked. */
enum Way {
    PLAIN {
        @Override
        EncryptedSender enter(int port) throws Exception {
            EncryptedSender sender = EncryptedSender.inPlain(port).hello(Features.NONE);
            sender.hear(Frame.Welcome.class);
            return sender;
        }
    },
    ENCRYPTED {
        @Override
        EncryptedSender enter(int port) throws Exception {
            EncryptedSender sender = stranger(port).hello(Features.NONE);
            sender.hear(Frame.Welcome.class);
            return sender;
        }
    },
    WITH_A_CODE {
        @Override
        EncryptedSender enter(int port) throws Exception {
            return stranger(port).prove(TestAccess.CODE).hearProofAndWelcome(TestAccess.CODE);
        }
    };

    /** An honest sender that was let in. */
    abstract EncryptedSender enter(int port) throws Exception;

    /** Somebody who has said nothing yet within TLS. */
    static EncryptedSender stranger(int port) throws Exception {
        return EncryptedSender.to(port, TestAccess.ALICE);
    }

    /** What the receiver asks for. */
    PreparedAccess access(TransferListener listener) throws TransferException {
        return switch (this) {
            case PLAIN, ENCRYPTED -> TestAccess.anybody(listener);
            case WITH_A_CODE ->
                TestAccess.code(SharedCode.Use.STANDING, Duration.ofHours(1)).of(listener);
        };
    }
}
