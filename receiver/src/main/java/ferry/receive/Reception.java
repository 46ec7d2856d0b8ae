package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.ConnectionHandler;
import ferry.receive.Guest.Stage;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Knows who is here, and decides whether a transfer may begin: any number of them, or one at a time, and none once the receiver
 * stops. Thread-safe; its monitor guards who is here and is held for a few instructions.
 */
final class Reception implements ConnectionHandler {
    private final ReceiveServices services;
    private final ReceiveRequest.Lifetime lifetime;
    private final Consumer<TransferEnd> onEnd;
    private final Set<Guest> guests = new HashSet<>();

    /** Whether the only transfer that there shall be has begun. */
    private boolean taken;

    private boolean closed;

    /** @param onEnd hears of each transfer when its session is over; must be quick */
    Reception(ReceiveServices services, ReceiveRequest.Lifetime lifetime, Consumer<TransferEnd> onEnd) {
        this.services = services;
        this.lifetime = lifetime;
        this.onEnd = onEnd;
    }

    @Override
    public void handle(Connection connection) throws InterruptedException {
        Guest guest = new Guest(connection, this, services);
        try {
            add(guest);
            Optional<TransferEnd> end = guest.serve();
            end.ifPresent(this::over);
        } catch (IOException e) {
            // It was closed on our side, by close().
        } catch (RuntimeException | Error fault) {
            if (guest.stage() == Stage.TRANSFERRING) {
                over(new TransferEnd(ExitStatus.INTERNAL, TransferEnd.How.BROKEN_OFF));
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

    /** Lets a guest begin its transfer, or refuses it: SHUTTING_DOWN or BUSY. */
    synchronized void begin(Guest guest) throws TransferException {
        guest.stage(Stage.REFUSED);
        if (closed) {
            throw new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it is stopping");
        }
        if (taken) {
            throw new TransferException(ErrorCode.BUSY, "receiver", "it takes a single transfer, which has begun");
        }
        taken = lifetime != ReceiveRequest.Lifetime.UNTIL_STOPPED;
        guest.stage(Stage.TRANSFERRING);
    }

    /** The guest's transfer came to nothing before anything was received. */
    synchronized void takeBack(Guest guest) {
        taken = false;
        guest.stage(Stage.REFUSED);
    }

    private void over(TransferEnd end) {
        if (lifetime == ReceiveRequest.Lifetime.UNTIL_FINISHED && end.how() == TransferEnd.How.BROKEN_OFF) {
            letTryAgain();
        }
        onEnd.accept(end);
    }

    private synchronized void letTryAgain() {
        taken = false;
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
    }
}
