package ferry.receive;

import ferry.wire.TransferId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The transfers that further streams may join now, by their ids. Thread-safe. */
final class LiveTransfers {
    private final Map<TransferId, LiveTransfer> transfers = new ConcurrentHashMap<>();

    /** Lets streams join a transfer; false if another one has its id, as when a sender without owner is here again. */
    boolean open(LiveTransfer transfer) {
        return transfers.putIfAbsent(transfer.id(), transfer) == null;
    }

    /** Lets no stream join it any more. */
    void close(LiveTransfer transfer) {
        transfers.remove(transfer.id(), transfer);
    }

    Optional<LiveTransfer> find(TransferId id) {
        return Optional.ofNullable(transfers.get(id));
    }
}
