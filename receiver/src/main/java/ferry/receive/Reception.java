package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.ConnectionHandler;
import ferry.net.Places;
import ferry.receive.Guest.Stage;
import ferry.receive.ReceiveRequest.Lifetime;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows who is here, and decides whether a transfer may begin: any number of them that {@link TransferPlaces} has room for, or one
 * at a time, and none once the receiver stops. Thread-safe; its monitor guards who is here and is held for a few instructions.
 */
final class Reception implements ConnectionHandler {
    /** Hears how transfers end, on their connections' threads; must be quick. */
    interface Listener {
        /** The only transfer that there was to be has ended. */
        void ended(ExitStatus status);

        /**
         * The only transfer has broken off, and its sender may come back.
         *
         * @param giveUp lets no transfer begin any more, unless the sender has come back; then false
         */
        void brokenOff(ExitStatus status, BooleanSupplier giveUp);
    }

    private final ReceiveServices services;
    private final Lifetime lifetime;
    private final Places places;
    private final Listener listener;
    private final Takeover takeover;
    private final TransferPlaces transfers;
    private final Set<Guest> guests = new HashSet<>();

    /** Of a single transfer, the connection that it has now. */
    private @Nullable Guest only;

    /** Of a single transfer that has broken off, the owner, who alone may go on with it. */
    private Optional<Owner> awaited = Optional.empty();

    /** How many transfers have begun. */
    private long attempts;

    private boolean closed;

    /**
     * @param places those of the acceptor, as many as there may be transfers
     * @param crowded is run when there is no place for a transfer
     */
    Reception(
            ReceiveServices services,
            Lifetime lifetime,
            Places places,
            Takeover takeover,
            Runnable crowded,
            Listener listener) {
        this.services = services;
        this.lifetime = lifetime;
        this.places = places;
        this.listener = listener;
        this.takeover = takeover;
        this.transfers = new TransferPlaces(places.served(), places.waiting(), crowded);
    }

    @Override
    public void handle(Connection connection) throws InterruptedException {
        Guest guest = new Guest(connection, this, services);
        try {
            add(guest);
            Optional<TransferEnd> end = guest.serve();
            end.ifPresent(how -> over(guest, how));
        } catch (IOException e) {
            // It was closed on our side, by close().
        } catch (RuntimeException | Error fault) {
            if (guest.stage() == Stage.TRANSFERRING) {
                over(guest, new TransferEnd(ExitStatus.INTERNAL, TransferEnd.How.BROKEN_OFF));
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
        arriving.forEach(Guest::sendAway);
    }

    /** How many transfers are running. */
    int running() {
        return guestsIn(Stage.TRANSFERRING).size();
    }

    /** Ends the running transfers for this reason. */
    void stopTransfers(TransferException reason) {
        guestsIn(Stage.TRANSFERRING).forEach(guest -> guest.stop(reason));
    }

    private synchronized boolean giveUp(long attempt) {
        if (attempts != attempt) {
            return false;
        }
        closed = true;
        return true;
    }

    /**
     * Lets a guest begin its transfer when there is a place for it, and when what its sender has left behind has ended.
     *
     * @throws TransferException SHUTTING_DOWN, BUSY, or CONNECTION_LOST if its sender has come back over another connection
     */
    void enter(Guest guest) throws TransferException, InterruptedException {
        boolean entered = false;
        try {
            if (!places.proved(guest.connection())) {
                throw new TransferException(ErrorCode.BUSY, "receiver", "it has no place");
            }
            takeover.enter(guest);
            requireTurn(guest);
            transfers.enter(guest);
            begin(guest);
            entered = true;
        } finally {
            if (!entered) {
                guest.stage(Stage.REFUSED);
                leave(guest);
                places.refused(guest.connection());
            }
        }
    }

    /**
     * Takes a guest for a further stream of a transfer.
     *
     * @throws TransferException JOIN_REFUSED if there are too many
     */
    void join(Guest guest) throws TransferException {
        if (!places.joined(guest.connection())) {
            throw new TransferException(ErrorCode.JOIN_REFUSED, "receiver", "it has no place for further streams");
        }
        synchronized (this) {
            guest.stage(Stage.JOINED);
        }
    }

    /** The guest's transfer has let go of the disk. */
    void leave(Guest guest) {
        transfers.leave(guest);
        takeover.leave(guest);
    }

    private synchronized void begin(Guest guest) throws TransferException {
        requireTurn(guest);
        if (lifetime != Lifetime.UNTIL_STOPPED) {
            only = guest;
        }
        attempts++;
        guest.stage(Stage.TRANSFERRING);
    }

    private synchronized void requireTurn(Guest guest) throws TransferException {
        if (closed) {
            throw new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it is stopping");
        }
        if (only != null && !guest.isTransferOf(only)) {
            throw new TransferException(ErrorCode.BUSY, "receiver", "it takes a single transfer, which has begun");
        }
        if (awaited.isPresent() && !awaited.equals(guest.owner())) {
            throw new TransferException(
                    ErrorCode.BUSY, "receiver", "it takes a single transfer, whose sender it waits for");
        }
    }

    private void over(Guest guest, TransferEnd end) {
        boolean mayComeBack;
        long attempt;
        synchronized (this) {
            if (only != guest) {
                // There may be any number of transfers; or this one goes on over another connection.
                return;
            }
            attempt = attempts;
            mayComeBack = switch (lifetime) {
                case UNTIL_STOPPED, ONE_ATTEMPT -> false;
                case ONE_TRANSFER ->
                    end.how() == TransferEnd.How.LOST && guest.owner().isPresent();
                case UNTIL_FINISHED -> end.how() != TransferEnd.How.FINISHED;
            };
            if (mayComeBack) {
                only = null;
                awaited = guest.owner();
            } else {
                closed = true;
            }
        }
        if (mayComeBack) {
            listener.brokenOff(end.status(), () -> giveUp(attempt));
        } else {
            listener.ended(end.status());
        }
    }

    private synchronized List<Guest> guestsIn(Stage stage) {
        return guests.stream().filter(guest -> guest.stage() == stage).toList();
    }

    private synchronized void add(Guest guest) throws IOException {
        if (closed) {
            throw new IOException("the receiver is stopping");
        }
        guests.add(guest);
    }

    private synchronized void remove(Guest guest) {
        guests.remove(guest);
        if (only == guest && !closed) {
            // It came to nothing before anything was received.
            only = null;
        }
    }
}
