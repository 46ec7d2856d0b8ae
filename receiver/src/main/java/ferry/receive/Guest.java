package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AddressBlock;
import ferry.net.Connection;
import ferry.net.ProtocolSelector;
import ferry.net.Refusal;
import ferry.net.Tls;
import ferry.wire.ClassicAnswer;
import ferry.wire.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its first byte to its end; for its session also the entrance, since others know it by its guest.
 * {@link #serve} and {@link #enter} belong to the connection's own thread; the rest may be called from any.
 */
final class Guest implements Entrance {
    /** How far a connection has come. */
    enum Stage {
        ARRIVING,
        TRANSFERRING,
        /** It is a further stream of a transfer, with which it ends. */
        JOINED,
        REFUSED
    }

    /** Who has done too little for so long is not only late with what we have not looked at yet. */
    private static final Duration SURELY_IDLE = Liveliness.LONGEST.multipliedBy(2);

    private static final Duration GIVING_WAY = Duration.ofMillis(500);

    private final Connection connection;
    private final AddressBlock address;
    private final Reception reception;
    private final ReceiveServices services;
    private final Access access;
    private final Liveliness liveliness = new Liveliness();
    private volatile Visitor visitor = Visitor.ANYBODY;
    private volatile @Nullable Consumer<TransferException> stopper;
    private volatile Stage stage = Stage.ARRIVING;
    private volatile boolean madeWay;

    Guest(Connection connection, Reception reception, ReceiveServices services) {
        this.connection = connection;
        this.address = AddressBlock.of(connection.peer());
        this.reception = reception;
        this.services = services;
        this.access = services.access();
    }

    Stage stage() {
        return stage;
    }

    /** To be called under the reception's monitor. */
    void stage(Stage next) {
        stage = next;
    }

    Connection connection() {
        return connection;
    }

    AddressBlock address() {
        return address;
    }

    Liveliness liveliness() {
        return liveliness;
    }

    /** Whose staging it uses; empty before it has said so. */
    Optional<Owner> owner() {
        return visitor.owner();
    }

    /** Whether both have one owner. */
    boolean isOwnedAs(Guest other) {
        return owner().isPresent() && owner().equals(other.owner());
    }

    /** Whether both are connections of one transfer. */
    boolean isTransferOf(Guest other) {
        return isOwnedAs(other) && visitor.transfer().equals(other.visitor.transfer());
    }

    /** Whether its connection is over, though its transfer may not have let go of the disk yet. */
    boolean hasLeft() {
        return !connection.isOpen();
    }

    /** For how long nothing has come from the peer, though we wait for it. */
    Duration silence() {
        return connection.silence();
    }

    /** For how long the transfer has moved too little, though we wait for it; zero if it does its part. */
    Duration idle() {
        Duration idle = liveliness.idle();
        return connection.silence().isPositive() || idle.compareTo(SURELY_IDLE) >= 0 ? idle : Duration.ZERO;
    }

    /** Finds out what the peer speaks and lets it; empty if it came to no transfer. */
    Optional<TransferEnd> serve() throws IOException, InterruptedException {
        ProtocolSelector.Choice choice = ProtocolSelector.select(connection);
        Countdown untilHello = Countdown.of(Limits.HELLO);
        return switch (choice) {
            case FERRY -> ferry(connection, untilHello);
            case TLS -> encrypted(untilHello);
            case CLASSIC -> classic();
            case NOBODY -> Optional.empty();
        };
    }

    @Override
    public Place enter(Visitor sender) throws TransferException, InterruptedException {
        visitor = sender;
        reception.enter(this);
        return new Place() {
            @Override
            public Liveliness liveliness() {
                return liveliness;
            }

            @Override
            public void close() {
                reception.leave(Guest.this);
            }
        };
    }

    @Override
    public void join() throws TransferException {
        reception.join(this);
    }

    /** Ends the transfer for this reason, if there is one. */
    void stop(TransferException reason) {
        Consumer<TransferException> session = stopper;
        if (session != null) {
            session.accept(reason);
        }
    }

    /** Ends the transfer, which has done next to nothing, since another needs its place. */
    void giveWay() {
        stop(new TransferException(
                ErrorCode.BUSY,
                "receiver",
                "it needs the place of this transfer, which has hardly moved, for another; try again later"));
        // Whoever reads has read it by then, and the others are not waited for.
        connection.deadline(GIVING_WAY, "the sender to close");
    }

    /** Ends the session at once, since its sender is here again. */
    void makeWay() {
        madeWay = true;
        stop(cameBack());
        connection.abort();
    }

    /** Whether the sender has come back over another connection. */
    boolean hasMadeWay() {
        return madeWay;
    }

    static TransferException cameBack() {
        return new TransferException(ErrorCode.CONNECTION_LOST, "sender", "it has come back over another connection");
    }

    /** Ends the connection. */
    void sendAway() {
        connection.abort();
    }

    private Optional<TransferEnd> ferry(Connection channel, Countdown untilHello) {
        ReceiveSession.Patience patience = ReceiveSession.Patience.DEFAULT.withHello(untilHello.left());
        ReceiveSession session = new ReceiveSession(channel, services, this, patience);
        stopper = session::stop;
        return session.run();
    }

    /** A handshake that fails, as scanners' do, costs a notice and nothing else. */
    private Optional<TransferEnd> encrypted(Countdown untilHello) throws IOException {
        Optional<Tls> tls = access.tls();
        if (tls.isEmpty()) {
            access.notices().notice(connection.peer() + ": refused: it is encrypted, and only plain is taken");
            Tls.refuseHandshake(connection);
            return Optional.empty();
        }
        try (Connection channel = tls.get().accept(connection, untilHello.left())) {
            return ferry(channel, untilHello);
        } catch (TransferException e) {
            access.notices().notice("%s: no encrypted connection: %s".formatted(connection.peer(), e.why()));
            return Optional.empty();
        }
    }

    private Optional<TransferEnd> classic() throws InterruptedException {
        try {
            access.requireClassic(connection);
        } catch (TransferException e) {
            Refusal.refuse(connection, ClassicAnswer.refusal(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
        ClassicReceiver receiver = new ClassicReceiver(connection, services, this);
        stopper = receiver::stop;
        return receiver.run().map(status -> new TransferEnd(status, TransferEnd.How.FINISHED));
    }
}
