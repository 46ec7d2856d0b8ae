package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.net.Connection;
import ferry.net.ConnectionHandler;
import ferry.net.ProtocolSelector;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what each connection speaks, gives it to a session of that protocol, and decides whether it may begin a transfer:
 * any number of them, or a single one, and none once the receiver stops. Thread-safe; its monitor guards who is here and is
 * held for a few instructions.
 */
final class Reception implements ConnectionHandler {
    /** How far a connection has come. */
    private enum Stage {
        ARRIVING,
        TRANSFERRING,
        REFUSED
    }

    private final ReceiveServices services;
    private final ReceiveRequest.Lifetime lifetime;
    private final Consumer<ExitStatus> onEnd;
    private final Set<Guest> guests = new HashSet<>();

    /** Whether the only transfer that there shall be has begun. */
    private boolean taken;

    private boolean closed;

    /** @param onEnd hears of each transfer's status when its session is over; must be quick */
    Reception(ReceiveServices services, ReceiveRequest.Lifetime lifetime, Consumer<ExitStatus> onEnd) {
        this.services = services;
        this.lifetime = lifetime;
        this.onEnd = onEnd;
    }

    @Override
    public void handle(Connection connection) throws InterruptedException {
        Guest guest = new Guest(connection);
        try {
            add(guest);
            guest.serve().ifPresent(onEnd);
        } catch (IOException e) {
            // It was closed on our side, by close().
        } catch (RuntimeException | Error fault) {
            if (guest.stage == Stage.TRANSFERRING) {
                onEnd.accept(ExitStatus.INTERNAL);
            }
            throw fault;
        } finally {
            remove(guest);
        }
    }

    /** Lets no further transfer begin, and sends away who has not begun one. */
    void close() {
        List<Guest> arriving;
        synchronized (this) {
            closed = true;
            arriving = guestsIn(Stage.ARRIVING);
        }
        arriving.forEach(guest -> guest.connection.abort());
    }

    /** How many transfers are running. */
    int running() {
        return guestsIn(Stage.TRANSFERRING).size();
    }

    /** Ends the running transfers for this reason. */
    void stopTransfers(TransferException reason) {
        guestsIn(Stage.TRANSFERRING).forEach(guest -> guest.stop(reason));
    }

    private synchronized List<Guest> guestsIn(Stage stage) {
        return guests.stream().filter(guest -> guest.stage == stage).toList();
    }

    private synchronized void add(Guest guest) throws IOException {
        if (closed) {
            throw new IOException("the receiver is stopping");
        }
        guests.add(guest);
    }

    private synchronized void remove(Guest guest) {
        guests.remove(guest);
    }

    private synchronized void begin(Guest guest) throws TransferException {
        guest.stage = Stage.REFUSED;
        if (closed) {
            throw new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it is stopping");
        }
        if (taken) {
            throw new TransferException(ErrorCode.BUSY, "receiver", "it takes a single transfer, which has begun");
        }
        taken = lifetime == ReceiveRequest.Lifetime.ONE_TRANSFER;
        guest.stage = Stage.TRANSFERRING;
    }

    /** The transfer came to nothing before anything was received. */
    private synchronized void takeBack(Guest guest) {
        taken = false;
        guest.stage = Stage.REFUSED;
    }

    private ReceiveServices servicesFor(Guest guest) {
        return new ReceiveServices(
                guest,
                services.disk(),
                services.buffers(),
                services.timeout(),
                services.maxFileSize(),
                services.maxTransferSize(),
                services.agent(),
                services.listener());
    }

    /** One connection; for its session, the place where inboxes come from, since that is where a transfer begins. */
    private final class Guest implements InboxFactory {
        private final Connection connection;
        private volatile @Nullable Consumer<TransferException> stopper;

        /** Changed under the reception's monitor. */
        private volatile Stage stage = Stage.ARRIVING;

        Guest(Connection connection) {
            this.connection = connection;
        }

        Optional<ExitStatus> serve() throws IOException, InterruptedException {
            return switch (ProtocolSelector.select(connection)) {
                case FERRY -> {
                    ReceiveSession session = new ReceiveSession(connection, servicesFor(this));
                    stopper = session::stop;
                    yield session.run();
                }
                case CLASSIC -> {
                    ClassicReceiver receiver = new ClassicReceiver(connection, servicesFor(this));
                    stopper = receiver::stop;
                    yield receiver.run();
                }
                case TLS -> {
                    services.listener()
                            .on(new TransferEvent.Notice(
                                    connection.peer() + ": refused: it speaks TLS, which this version does not know"));
                    yield Optional.empty();
                }
                case NOBODY -> Optional.empty();
            };
        }

        void stop(TransferException reason) {
            Consumer<TransferException> session = stopper;
            if (session != null) {
                session.accept(reason);
            }
        }

        @Override
        public Inbox open() throws TransferException {
            begin(this);
            boolean opened = false;
            try {
                Inbox inbox = services.inboxes().open();
                opened = true;
                return inbox;
            } finally {
                if (!opened) {
                    takeBack(this);
                }
            }
        }
    }
}
